import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, root, runMain } from '../machine.ts';

const cases = join(root, 'test/lint/rules');

/** kustomize refuses an object that is there twice, and writes numbers in annotations as texts. */
const OTHERWISE = ['duplicate-object', 'invalid-object'];

const rules = readdirSync(cases).filter(
  rule => existsSync(join(cases, rule, 'bad.yaml')) && !OTHERWISE.includes(rule),
);

async function found(files: readonly (readonly [string, string])[]): Promise<string[]> {
  const { stdout } = await runMain(folderOf(files), '--format json lint .');
  const { findings } = JSON.parse(stdout) as {
    readonly findings: readonly Readonly<Record<string, string | null>>[];
  };
  return findings
    .map(({ rule, severity, kind, namespace, name }) =>
      [rule, severity, kind, namespace, name].join(' '),
    )
    .sort();
}

/** Through a base, a component and a transformer, none of which changes what the objects mean. */
const around = (text: string): (readonly [string, string])[] => [
  ['base/manifests.yaml', text],
  ['base/kustomization.yaml', 'resources: [manifests.yaml]\n'],
  [
    'team/kustomization.yaml',
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels: [{ pairs: { team: shop } }]\n',
  ],
  ['prod/kustomization.yaml', 'resources: [../base]\ncomponents: [../team]\n'],
];

test.for(rules)('a build through kustomize changes no verdict: %s', async rule => {
  const text = readFileSync(join(cases, rule, 'bad.yaml'), 'utf8');
  expect(await found(around(text))).toEqual(await found([['manifests.yaml', text]]));
});
