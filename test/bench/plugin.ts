import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import {
  type Command,
  compare,
  cpuOf,
  kustomize,
  launcher,
  outputOf,
  type Row,
  root,
} from './measure.ts';
import { withFolder } from './specs.ts';

/** Reads stdin to its end, so that kustomize can write all of it, and prints what we printed. */
const TRIVIAL = `#!/usr/bin/env node
require('node:fs').readFileSync(0, 'utf8');
process.stdout.write(require('node:fs').readFileSync(__dirname + '/output.json', 'utf8'));
`;

/** kustomize with our function, against kustomize with the least function there can be in Node. */
export function plugin(): Row[] {
  const spec = readFileSync(join(root, 'rem-secrets.yaml'), 'utf8');
  const files = { 'kustomization.yaml': kustomization(), 'rem-secrets.yaml': spec };
  const ours = {
    ...files,
    'generator/rem-secrets-fn': readFileSync(launcher('rem-secrets-fn'), 'utf8'),
  };
  const trivial = {
    ...files,
    'generator/rem-secrets-fn': TRIVIAL,
    'generator/output.json': functionOutput(spec),
  };
  return withFolder(ours, ourFolder => {
    symlinkSync(join(root, 'dist'), join(ourFolder, 'dist'));
    return withFolder(trivial, trivialFolder => [row(ourFolder, trivialFolder)]);
  });
}

function row(ours: string, trivial: string): Row {
  const what = 'kustomize build of rem-secrets.yaml ÷ with a trivial Node function, CPU';
  const measure = (folder: string) => (): number => cpuOf(build(folder));
  const { ratio } = compare(measure(ours), measure(trivial), 15);
  return { id: 'a', what, value: ratio, unit: 'ratio', target: 1.3 };
}

function build(cwd: string): Command {
  return { argv: [kustomize(), 'build', '--enable-alpha-plugins', '--enable-exec', '.'], cwd };
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
