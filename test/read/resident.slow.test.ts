import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Run } from '../../generator/core/host.ts';
import { groupBy } from '../../generator/core/json.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { environmentFor } from '../../generator/world/programs.ts';
import { BROKEN } from '../hostile/kustomize/broken.ts';
import { folderOf, output, root, runMain, tool } from '../machine.ts';

const host = nodeHost('/');
const kustomize = tool('kustomize');
const builder = tool('kustomize-builder');

/** What kustomize says of a folder, without the addresses in its memory that are in some messages. */
async function built(folder: string, resident?: string): Promise<Run> {
  const run = await host.run(kustomize, ['build', folder], { env: environmentFor({}), resident });
  return { ...run, stderr: run.stderr.replaceAll(/0x[0-9a-f]+/g, '0x') };
}

async function builtBothWays(folders: readonly string[]): Promise<number> {
  const runs = folders.map(async folder => {
    const [alone, resident] = await Promise.all([built(folder), built(folder, builder)]);
    expect(resident, folder).toEqual(alone);
    return alone.status;
  });
  return (await Promise.all(runs)).filter(status => status === 'ok').length;
}

/** So many kustomizations with the same fields are built: 145 of this repository have only resources. */
const ALIKE = 8;

test('the kustomize that stays gives the bytes of kustomize for the kustomizations of the repository', async () => {
  // What grows without an end is not handed to kustomize at all.
  const names = ['*/kustomization.y*ml', '*/Kustomization', ':!test/world/growth'];
  const paths = output('git', ['ls-files', ...names])
    .trim()
    .split('\n')
    .map(file => join(root, file));
  const fieldsOf = (path: string): string =>
    readFileSync(path, 'utf8').match(/^\w+:/gm)?.sort().join('') ?? '';
  const groups = [...groupBy(paths, fieldsOf).values()];
  expect(groups.length).toBeGreaterThan(20);
  const folders = groups.flatMap(group => group.slice(0, ALIKE).map(dirname));
  const well = await builtBothWays(folders);
  expect(well).toBeGreaterThan(50);
  expect(well).toBeLessThan(folders.length);
});

/** Builds a folder of files that are on no disk before kustomize itself is to read them. */
async function builtUnwritten(files: Files, folder: string): Promise<Run> {
  const room = host.scratchFolder();
  const at = files.map(([path, text]) => [join(room.cwd, path), text] as const);
  const write = (): void => {
    for (const [path, text] of at) room.writeFile(path, text);
  };
  const options = { env: environmentFor({}), resident: builder };
  const unwritten = { files: new Map(at), write };
  const run = await room.run(kustomize, ['build', join(room.cwd, folder)], {
    ...options,
    unwritten,
  });
  return withoutFolders({ ...run, stderr: run.stderr.replaceAll(/0x[0-9a-f]+/g, '0x') });
}

type Files = readonly (readonly [path: string, text: string])[];

test('and the same bytes for files that it is handed', async () => {
  const files = output('git', ['ls-files', 'base', 'components', 'overlays', 'argocd', 'examples'])
    .trim()
    .split('\n')
    .map(name => [name, readFileSync(join(root, name), 'utf8')] as const);
  const folders = files.flatMap(([name]) =>
    /\/kustomization\.yaml$/.test(name) ? [dirname(name)] : [],
  );
  expect(folders.length).toBeGreaterThan(10);
  for (const folder of folders) {
    const alone = withoutFolders(await built(join(root, folder)));
    expect({ folder, ...(await builtUnwritten(files, folder)) }).toEqual({ folder, ...alone });
  }
});

test('and for those that fail', async () => {
  for (const [name, { files }] of Object.entries(BROKEN)) {
    const entries = Object.entries(files).map(([path, text]) => [`in/${path}`, text] as const);
    const alone = withoutFolders(await built(join(folderOf(entries), 'in')));
    expect({ name, ...(await builtUnwritten(entries, 'in')) }).toEqual({ name, ...alone });
  }
});

function withoutFolders(run: Run): Run {
  return { ...run, stderr: run.stderr.replaceAll(/\/[\w./-]*\//g, '') };
}

const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';

/** Builds in which kustomize says more than its objects, or what its version is. */
const TALKING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a field that is no longer to be used': {
    'kustomization.yaml': 'resources: [a.yaml]\ncommonLabels: { a: b }\n',
    'a.yaml': map,
  },
  'its own version': {
    'kustomization.yaml':
      'resources: [a.yaml]\nbuildMetadata: [managedByLabel, originAnnotations, transformerAnnotations]\n',
    'a.yaml': map,
  },
  nothing: { 'kustomization.yaml': '' },
  'no folder': {},
};

test('and for builds that fail, and builds that say more than their objects', async () => {
  const cases = [...Object.values(BROKEN).map(({ files }) => files), ...Object.values(TALKING)];
  const folders = cases.map(files => folderOf(files));
  expect(
    await builtBothWays([...folders, ...folders.map(folder => join(folder, 'base'))]),
  ).toBeGreaterThan(1);
});

test('with arguments of its own it is kustomize', async () => {
  const folder = folderOf(TALKING['its own version'] ?? {});
  for (const args of [['build', folder], ['build'], ['version']])
    expect(await host.run(builder, args)).toEqual(await host.run(kustomize, args));
});

const SCHEMA = 'openapi: { version: v1.21.2 }\n';

test.for<[fields: string, more: Readonly<Record<string, string>>, by: string | undefined]>([
  ['', {}, builder],
  [SCHEMA, {}, undefined],
  ['OpenAPI: { path: schema.json }\n', { 'schema.json': '{}' }, undefined],
  [
    'resources: [base]\n',
    { 'base/kustomization.yaml': `configMapGenerator: [{ name: b }]\n${SCHEMA}` },
    undefined,
  ],
])('a schema for all builds of a process is for one build: %j', async ([fields, more, by]) => {
  const generator = 'configMapGenerator: [{ name: a }]\n';
  const files = { 'kustomization.yaml': `${generator}${fields}`, ...more };
  const asked: unknown[] = [];
  await runMain(folderOf(files), 'lint . --no-cache', '', machine => ({
    ...machine,
    run: (command, args, options) => {
      if (args[0] === 'build') asked.push(options?.resident);
      return machine.run(command, args, options);
    },
  }));
  expect(asked).toEqual([by]);
});
