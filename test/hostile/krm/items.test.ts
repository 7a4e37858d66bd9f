import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { lintListOf, listOf, shopSpec, written } from '../../krm/calls.ts';
import { exits, type Ran, runKrm, yamlIn } from '../../machine.ts';
import { podReading } from '../../manifests.ts';

const configMap = 'apiVersion: v1, kind: ConfigMap';
const ok = `- { ${configMap}, metadata: { name: ok } }`;

async function runs(items: string): Promise<Ran[]> {
  const lint = `kind: ResourceList\nitems:\n${items}\nfunctionConfig: { apiVersion: rem-secrets.io/v1alpha1, kind: RemSecretsLint, metadata: { name: lint } }\n`;
  return [await runKrm(listOf(shopSpec, items)), await runKrm(lint)];
}

const { wrong, again, another, ends, marked } = yamlIn<{
  readonly wrong: readonly [item: string, lack: string][];
  readonly again: readonly [how: string, a: string, b: string][];
  readonly another: readonly [what: string, item: string][];
  readonly ends: readonly string[];
  readonly marked: string;
}>(import.meta.dirname, 'items.yaml');

test.for(wrong)('the item %j is told by its index, and none is touched', async ([item, lack]) => {
  const items = `${ok} # a comment\n- ${item}`.trimEnd();
  for (const ran of await runs(items)) {
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain(`items[1]: error: the item is no Kubernetes object: ${lack}`);
    expect(written(ran).results).toMatchObject([
      {
        message: expect.stringContaining(`items[1]: the item is no Kubernetes object: ${lack}`),
        severity: 'error',
        tags: { rule: 'no-object' },
      },
    ]);
    expect(ran.stdout).toContain(`${items}\n`);
    expect(written(ran).items).toHaveLength(2);
  }
});

test.for(again)(
  'an object that is there %s is told by both indexes, and none is touched',
  async ([, a, b]) => {
    const items = [a, configMap, b].map(
      (type, n) => `- { ${type}, metadata: { name: ${n === 1 ? 'b' : 'a'}, namespace: x } }`,
    );
    for (const ran of await runs(items.join('\n'))) {
      expect(ran.status).toBe(1);
      expect(ran.stderr).toMatch(
        /^items\[2\]: error: the item is \w+ x\/a again, which items\[0\] is/m,
      );
      expect(written(ran).results).toMatchObject([
        {
          resourceRef: { name: 'a', namespace: 'x' },
          severity: 'error',
          tags: { rule: 'duplicate-item' },
        },
      ]);
      expect(written(ran).results?.[0]).not.toHaveProperty('field');
      expect(written(ran).items).toHaveLength(3);
    }
  },
);

test('an object of ours that is there twice is not replaced, for which is meant?', async () => {
  const mine = '- { apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
  const ran = exits(1, await runKrm(listOf(shopSpec, `${mine}\n${mine}`)));
  expect(ran.stdout).toContain(`\nitems:\n${mine}\n${mine}\n`);
  expect(written(ran).items).toHaveLength(2);
});

test.for(another)('%s it is another object', async ([, item]) => {
  for (const ran of await runs(`${ok}\n- ${item}`))
    expect(ran).toMatchObject({ status: 0, stderr: '' });
});

test('two objects that get their names later are two, and a List needs no name', async () => {
  const later = `- { ${configMap}, metadata: { generateName: a- } }`;
  const list = '- { apiVersion: v1, kind: List, items: [] }';
  for (const ran of await runs([later, later, list, list].join('\n')))
    expect(ran).toMatchObject({ status: 0, stderr: '' });
});

test('names that every JavaScript object knows are names', async () => {
  const items = ['constructor', '__proto__', 'toString', 'hasOwnProperty'].map(
    name =>
      `- { apiVersion: v1, kind: ${name}, metadata: { name: a, labels: { ${name}: a }, annotations: { ${name}: b } } }`,
  );
  for (const ran of await runs(items.join('\n'))) {
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    for (const item of items) expect(ran.stdout).toContain(item);
  }
});

test('what others put on an object of ours stays when it is replaced; kustomize speaks of the old one', async () => {
  const ran = await runKrm(listOf(shopSpec, marked));
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  const { metadata } = written(ran).items.at(-1) ?? {};
  expect(Object.entries(metadata?.labels ?? {})).toEqual([
    ['team', 'a'],
    ['__proto__', 'a'],
    ['app.kubernetes.io/managed-by', 'rem-secrets'],
    ['app.kubernetes.io/part-of', 'shop'],
  ]);
  expect(metadata?.annotations).toEqual({
    'argocd.argoproj.io/sync-wave': '0',
    'example.com/x': 'kept',
    toString: 'kept',
    'config.kubernetes.io/path': 'ns.yaml',
    'config.kubernetes.io/index': '2',
    'internal.config.kubernetes.io/seqindent': 'wide',
  });
  expect(await runKrm(ran.stdout)).toEqual(ran);
});

test('in whatever way the last entry of an item of ours is empty, the item alone is replaced', async () => {
  for (const end of ends) {
    const mine = `- { apiVersion: v1, kind: Namespace, metadata: { name: shop }, ${end}}`;
    const ran = await runKrm(
      listOf(shopSpec, `${ok}\n${mine} # mine\n${ok.replace('ok', 'last')} # last`),
    );
    expect(ran, end).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      /\n- \{"apiVersion":"v1","kind":"Namespace".*\} # mine\n.* # last\n/,
    );
    expect(load(ran.stdout)).toMatchObject({ items: { length: 6 } });
  }
});

test('the lint of a wrong item says what is wrong with the others, too', async () => {
  const { results } = written(await runKrm(lintListOf('{}', 'text\n', podReading('absent'))));
  const ids = results?.map(({ tags }) => tags);
  expect(ids).toMatchObject([{ rule: 'no-object' }, { rule: 'unknown-secret' }]);
});
