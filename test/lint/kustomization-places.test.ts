import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { keys, store, stream, web } from './shop.ts';

test.for<[before: string, after: string, risk: string]>([
  [
    '',
    "images:\n  - { name: a, newTag: '1' }\n  - { name: example/web, newTag: '2' }\n",
    '4:5 pods-restarted',
  ],
  [
    '',
    'labels:\n  - { pairs: { a: b, team: shop }, includeTemplates: true }\n',
    '3:19 pods-restarted',
  ],
  ['commonAnnotations: { a: b }\n', 'commonAnnotations:\n  a: c\n', '3:6 pods-restarted'],
  ['commonLabels: { a: b }\n', 'commonLabels:\n  a: c\n', '3:6 field-immutable'],
])('what a kustomization sets is shown at its entry: %j', async ([before, after, risk]) => {
  const files = (side: string, text: string): [string, string][] => [
    [`${side}/base/kustomization.yaml`, 'resources: [shop.yaml]\n'],
    [`${side}/base/shop.yaml`, stream(store, keys, web)],
    [`${side}/prod/kustomization.yaml`, `resources: [../base]\n${text}`],
  ];
  const folder = folderOf([...files('old', before), ...files('new', after)]);
  const args = '--format json diff --base old/prod --head new/prod';
  const { risks } = JSON.parse((await runMain(folder, args)).stdout);
  expect(
    risks.map(
      ({ file, line, column, rule }: Record<string, string>) => `${file}:${line}:${column} ${rule}`,
    ),
  ).toEqual([`new/prod/kustomization.yaml:${risk}`]);
});
