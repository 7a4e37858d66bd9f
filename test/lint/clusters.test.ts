import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { objectIdentity } from '../../generator/kinds/kind.ts';
import type { LintResult } from '../../generator/lint/check.ts';
import { rules } from '../../generator/lint/rules.ts';
import { setResults } from '../../generator/lint/run.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { type ManifestSet, nothingOutside } from '../../generator/world/object-set.ts';
import { type ObjectSource, parseSource } from '../../generator/world/source.ts';
import { folderOf, root, runMain } from '../machine.ts';
import { specOf } from '../spec-text.ts';

const held = { validators: nodeHost(root).validators };

/** What kustomize builds of an environment. */
function sourceOf(text: string, number: number): ObjectSource {
  const file = `overlays/${number}`;
  return parseSource({ file, name: file, text, isBuilt: true, findings: [] }, number, '');
}

function environments(sources: readonly ObjectSource[]): ManifestSet[] {
  return sources.map(source => ({
    cluster: 'shared',
    sources: [source],
    context: sources.filter(other => other !== source),
    outside: nothingOutside,
  }));
}

/** Sources without the objects that one before has: in a spec those of the cluster are its own. */
function apart(sources: readonly ObjectSource[]): ObjectSource[] {
  const seen = new Set<string>();
  return sources.map(source => ({
    ...source,
    objects: source.objects.filter(object => {
      const identity = objectIdentity(object);
      return !seen.has(identity) && seen.add(identity);
    }),
  }));
}

function told({ open, doubts, unused, unresolved }: LintResult): unknown {
  const shown = [...open, ...doubts, ...unused.values()].map(
    ({ id, object, path, message, hint, doubt, related = [] }) => ({
      rule: id,
      at: [object.file, object.path, path],
      message,
      hint,
      doubt,
      related: related.map(other => [other.note, other.object.file, other.object.path, other.path]),
    }),
  );
  return { shown, unresolved };
}

const inOneFile = rules.filter(({ id }) =>
  existsSync(join(root, 'test/lint/rules', id, 'bad.yaml')),
);

test.for(inOneFile)('of two environments of a cluster the same is found in both: $id', ({ id }) => {
  const text = readFileSync(join(root, 'test/lint/rules', id, 'bad.yaml'), 'utf8');
  const texts = ['shop-b', 'shop-a'].map(home => text.replaceAll(/\bshop\b(?!-)/g, home));
  const sets = environments(apart(texts.map(sourceOf)));
  const [first, second] = setResults(sets, {}, held);
  expect(first?.versions, 'they are looked at as one').toBe(second?.versions);
  const alone = sets.map(({ cluster: _, ...set }) => set);
  expect([first, second].map(result => result && told(result))).toEqual(
    setResults(alone, {}, held).map(told),
  );
});

test('an object that two environments have is to each its own', () => {
  const store = (spec: string): string =>
    `apiVersion: external-secrets.io/v1\nkind: ClusterSecretStore\nmetadata: { name: aws }\nspec: ${spec}\n`;
  const good = store('{ provider: { aws: { service: ParameterStore, region: eu-west-1 } } }');
  const results = setResults(environments([good, store('{}')].map(sourceOf)), {}, held);
  expect(results.map(({ open }) => open.map(({ id }) => id))).toEqual([[], ['invalid-object']]);
  const shop = (pod: string, key: string, read: string): string => `apiVersion: v1
kind: Secret
metadata: { name: login, namespace: shop }
data: { ${key}: '' }
---
apiVersion: v1
kind: Pod
metadata: { name: ${pod}, namespace: shop }
spec: { containers: [{ name: a, image: b:1, env: [{ name: A, valueFrom: { secretKeyRef: { name: login, key: ${read} } } }] }] }
`;
  const both = environments(
    [shop('a', 'user', 'token'), shop('b', 'token', 'token')].map(sourceOf),
  );
  const missing = setResults(both, {}, held).map(({ open }) => open.map(({ message }) => message));
  expect(missing).toEqual([['Secret "login" has no key "token"'], []]);
});

test('what an environment declares as made by hand is there for the others of its cluster', async () => {
  const text = specOf(`
namespace: web
stores: { local: { kubernetes: { remoteNamespace: data } } }
secrets:
  copy: { store: local, keys: { user: { key: login, property: name } } }
environments:
  web: { cluster: one }
  data: { namespace: data, cluster: one, secrets: { copy: null, login: { manual: [name] } } }
`);
  const rulesIn = async (spec: string): Promise<string[]> => {
    const folder = folderOf([['rem-secrets.yaml', spec]]);
    await runMain(folder, 'expand');
    const { stdout } = await runMain(folder, 'lint');
    return [...stdout.matchAll(/\[([\w-]+)\]$/gm)].map(([, id = '']) => id);
  };
  expect(await rulesIn(text)).toEqual([]);
  expect(await rulesIn(text.replace('[name]', '[password]'))).toEqual(['unknown-secret-key']);
  expect(await rulesIn(text.replace('data, cluster: one', 'data, cluster: two'))).toEqual([
    'unknown-secret',
  ]);
});
