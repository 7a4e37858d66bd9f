import { andThen, type Finding, type Outcome } from '../generator/core/finding.ts';
import type { Validators } from '../generator/core/schema.ts';
import { nodeHost } from '../generator/shell/host.ts';
import { parseSpec } from '../generator/spec/parse.ts';
import { type Expansion, expand } from '../generator/spec/pipeline.ts';
import { locate } from '../generator/yaml/places.ts';
import { folderOf, type Ran, root, runMain } from './machine.ts';

/** Validators from the build, as the command line has them. */
export const validators: Validators = nodeHost(root).validators;

/** A spec's text, expanded. */
export function expandText(text: string): Outcome<Expansion> {
  return andThen(parseSpec(text), spec => expand(spec, validators));
}

/** What is wrong with a spec, with places in `rem-secrets.yaml`. */
export function findingsIn(text: string): Finding[] {
  return locate(expandText(text).faults, { file: 'rem-secrets.yaml', text });
}

/** Runs a command in a folder that holds this spec alone. */
export async function runSpec(text: string, ...args: readonly string[]): Promise<Ran> {
  return runMain(folderOf({ 'rem-secrets.yaml': text }), args);
}

/** A whole spec around what stands under `spec:`, which is given without indentation. */
export function specOf(body: string): string {
  const indented = body.trim().replaceAll(/^(?=.)/gm, '  ');
  return `apiVersion: rem-secrets.io/v1alpha1\nkind: RemSecrets\nmetadata: { name: shop }\nspec:\n${indented}\n`;
}
