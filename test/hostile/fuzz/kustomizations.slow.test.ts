import fc from 'fast-check';
import { test } from 'vitest';
import { keys, store, web } from '../../lint/shop.ts';
import { callOf, callsOf, checkCall, inFolder } from './commands.ts';
import { hold } from './hold.ts';
import { type Layout, written } from './mutate.ts';

/** Folders that kustomizations name each other by: circles and diamonds come of themselves. */
const FOLDERS = ['a', 'b', 'a/deep', 'c'];

/** Names within the folder, or a little above: nothing here is remote, or a URL of this machine. */
const NAMES = [
  '.', './', '..', '../a', '../b', '../c', 'deep', '../a/deep', '../../b', '../../../..',
  'web.yaml', './keys.yaml', '../a/web.yaml', 'kustomization.yaml', 'absent.yaml', '/absent', '',
  ' ', '-rf', '--help', '\n', '\u001b[31m', '\u202e', 'a b', '#', '__proto__',
]; // biome-ignore format: a table
const name = fc.constantFrom(...NAMES);

/** What stands where it should not. */
const junk = fc.constantFrom<unknown>(null, {}, [], '', 7, true, [null], [{}], [[]], 'a', {
  a: null,
});
const names = fc.oneof(
  { weight: 5, arbitrary: fc.array(name, { maxLength: 4 }) },
  { weight: 1, arbitrary: junk },
);

function orJunk<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 5, arbitrary }, { weight: 1, arbitrary: junk });
}

const patch = fc.record(
  {
    path: name,
    patch: fc.constantFrom('{', '$patch: delete', '- { op: remove, path: /spec }', ''),
    target: orJunk(fc.record({ kind: fc.constantFrom('Deployment', '.*', '(') })),
  },
  { requiredKeys: [] },
);

const generated = fc.record(
  {
    name: fc.constantFrom('web-keys', '', 'Not A Name', 'a'.repeat(300)),
    literals: fc.constantFrom(['token=a'], ['a'], [''], ['=']),
    files: names,
    envs: names,
    behavior: fc.constantFrom('create', 'merge', 'replace', 'never'),
  },
  { requiredKeys: ['name'] },
);

const kustomization = fc.record(
  {
    apiVersion: fc.constantFrom('kustomize.config.k8s.io/v1beta1', 'v1', '', '{'),
    kind: fc.constantFrom('Kustomization', 'Component', 'List', ''),
    resources: names,
    bases: names,
    components: names,
    generators: names,
    transformers: names,
    validators: names,
    crds: names,
    configurations: names,
    openapi: fc.record({ path: name }),
    patches: orJunk(fc.array(patch, { maxLength: 2 })),
    patchesStrategicMerge: names,
    configMapGenerator: orJunk(fc.array(generated, { maxLength: 2 })),
    secretGenerator: orJunk(fc.array(generated, { maxLength: 2 })),
    namePrefix: orJunk(fc.constantFrom('x-', '\n', '__proto__')),
    namespace: orJunk(fc.constantFrom('shop', 'Not One', '')),
    images: orJunk(fc.constant([{ name: 'shop', newTag: '2' }])),
    replacements: orJunk(fc.array(fc.record({ path: name }), { maxLength: 1 })),
    buildMetadata: orJunk(fc.constant(['originAnnotations'])),
    helmCharts: orJunk(fc.constant([{ name: 'a', valuesFile: 'absent.yaml' }])),
    unknown: junk,
  },
  { requiredKeys: ['resources'] },
);

const layout: fc.Arbitrary<Layout> = fc.record({
  form: fc.constantFrom('json', 'yaml'),
  edits: fc.oneof(
    { weight: 7, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.constantFrom([{ at: 5, piece: '{', cut: 1 }], [{ at: 0, piece: '', cut: 1e9 }]),
    },
  ),
});

const calls = [...callsOf('a', 'b'), ...callsOf('.', 'a'), ...callsOf('a/deep', '.')];

test('no kustomization breaks a command, whatever its fields are and wherever they lead', async () =>
  await hold(
    'kustomizations',
    6,
    [
      fc.tuple(...FOLDERS.map(() => kustomization)),
      layout,
      fc.constantFrom('kustomization.yaml', 'kustomization.yml', 'Kustomization'),
      callOf(calls),
    ],
    async (kustomizations, how, file, call) => {
      const files = FOLDERS.flatMap((folder, at) => [
        [`${folder}/${file}`, written(how, [kustomizations[at]])] as const,
        [`${folder}/web.yaml`, web] as const,
        [`${folder}/keys.yaml`, `${store}---\n${keys}`] as const,
      ]);
      await inFolder(files, folder => checkCall(folder, call));
    },
  ));
