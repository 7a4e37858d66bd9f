import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { dump, load } from 'js-yaml';
import type { Command, Row } from './measure.ts';
import { compareCpu, launcher, outputOf, root, settled, tool } from './measure.ts';
import { functionInput, withFolder, withInstalled } from './specs.ts';

/* The least functions there can be: they read stdin to its end, so that kustomize can write all of it, and print what we printed. */

const NODE = `#!/usr/bin/env node
require('node:fs').readFileSync(0, 'utf8');
process.stdout.write(require('node:fs').readFileSync(__filename + '.json', 'utf8'));
`;

const GO = `package main

import (
	"io"
	"os"
)

func main() {
	self, _ := os.Executable()
	io.Copy(io.Discard, os.Stdin)
	output, _ := os.Open(self + ".json")
	io.Copy(os.Stdout, output)
}
`;

/** Where the spec names it. */
const FUNCTION = 'generator/rem-secrets-fn';

/** kustomize with our function, against kustomize with a function that does nothing. */
export function plugin(): Row[] {
  const spec = readFileSync(join(root, 'rem-secrets.yaml'), 'utf8');
  const files = { 'kustomization.yaml': kustomization(), 'rem-secrets.yaml': spec };
  const input = functionInput(spec);
  const printed = outputOf({ argv: [launcher('rem-secrets-fn')], input });
  const trivial = { ...files, [`${FUNCTION}.json`]: printed, 'main.go': GO };
  return withFolder({ ...trivial, [FUNCTION]: NODE }, node =>
    withFolder(trivial, go => {
      outputOf({ argv: ['go', 'build', '-o', FUNCTION, 'main.go'], cwd: go });
      const against = (where: string, folder: string): Row[] => rows(where, folder, node, go);
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
    }),
  );
}

function rows(where: string, ours: string, node: string, go: string): Row[] {
  const built = settled(build(ours));
  const against = (what: string, trivial: string, goal: number): Row => [
    `${where}: kustomize build of rem-secrets.yaml ÷ with a trivial ${what} function, CPU`,
    compareCpu(built, build(trivial), 15).ratio,
    'ratio',
    goal,
  ];
  return [against('Node', node, 2.1), against('Go', go, 3)];
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
