import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import type { Command, Row } from './measure.ts';
import { compareCpu, launcher, outputOf, root, settled, tool } from './measure.ts';
import { withFolder, withInstalled } from './specs.ts';

/** Reads stdin to its end, so that kustomize can write all of it, and prints what we printed. */
const TRIVIAL = `#!/usr/bin/env node
require('node:fs').readFileSync(0, 'utf8');
process.stdout.write(require('node:fs').readFileSync(__dirname + '/output.json', 'utf8'));
`;

/** Where the spec names it. */
const FUNCTION = 'generator/rem-secrets-fn';

/** kustomize with our function, against kustomize with the least function there can be in Node. */
export function plugin(): Row[] {
  const spec = readFileSync(join(root, 'rem-secrets.yaml'), 'utf8');
  const files = { 'kustomization.yaml': kustomization(), 'rem-secrets.yaml': spec };
  const trivial = {
    ...files,
    [FUNCTION]: TRIVIAL,
    'generator/output.json': functionOutput(spec),
  };
  return withFolder(trivial, trivialFolder => {
    const against = (where: string, folder: string): Row[] => rows(where, folder, trivialFolder);
    const clone = { ...files, [FUNCTION]: readFileSync(launcher('rem-secrets-fn'), 'utf8') };
    return [
      ...withFolder(clone, folder => {
        symlinkSync(join(root, 'dist'), join(folder, 'dist'));
        return against('clone', folder);
      }),
      ...withInstalled(bin =>
        withFolder(files, folder => {
          symlinkSync(bin, join(folder, 'generator'));
          return against('installed', folder);
        }),
      ),
    ];
  });
}

function rows(where: string, ours: string, trivial: string): Row[] {
  const what = `${where}: kustomize build of rem-secrets.yaml ÷ with a trivial Node function, CPU`;
  return [[what, compareCpu(settled(build(ours)), build(trivial), 15).ratio, 'ratio', 2.1]];
}

function build(cwd: string): Command {
  const flags = ['--enable-alpha-plugins', '--enable-exec'];
  return { argv: [tool('kustomize'), 'build', ...flags, '.'], cwd };
}

/** The repository's own, without the components, which stand in the repository. */
function kustomization(): string {
  const text = readFileSync(join(root, 'kustomization.yaml'), 'utf8');
  const { components: _, ...rest } = load(text) as Readonly<Record<string, unknown>>;
  return dump(rest);
}

function functionOutput(spec: string): string {
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [] };
  const input = JSON.stringify({ ...list, functionConfig: load(spec) });
  return outputOf({ argv: [launcher('rem-secrets-fn')], input });
}
