import type { Outcome, Path } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import { plainName, shortHash } from '../core/kube-object.ts';
import { checkSpec } from '../spec/parse.ts';
import type { SpecObject } from '../spec/spec.ts';
import { changedTexts, withTexts } from '../spec/text-files.ts';
import { parseDocument } from '../yaml/parse.ts';

/** The text of a spec, and its long texts by the paths of their files, from its folder. */
export interface SpecFiles {
  readonly text: string;
  readonly files: ReadonlyMap<string, string>;
}

/** A spec from its text and its files, with all that is wrong with it. */
export function parseFiles({ text, files }: SpecFiles): Outcome<SpecObject> {
  const { value, faults } = parseDocument(text);
  return value === undefined
    ? { faults }
    : checkSpec(withTexts(value, name => files.get(name) ?? ''));
}

/** A document whose texts of more lines than `most` stand in files, one file for equal texts; 0: none of them. */
export function withLongTexts(
  document: JsonObject,
  most: number,
): { readonly document: JsonObject; readonly files: ReadonlyMap<string, string> } {
  const files = new Map<string, string>();
  const changed = changedTexts(document, (value, path) => {
    if (typeof value !== 'string' || most === 0 || value.split('\n').length <= most + 1)
      return value;
    const file = namesFor(path, value).find(name => (files.get(name) ?? value) === value) ?? '';
    files.set(file, value);
    return { file };
  });
  return { document: changed as JsonObject, files };
}

/** Names for the file of a text: by its own name, with that of its entry, of its environment, or a hash. */
function namesFor(path: Path, text: string): string[] {
  const names = path.map(String);
  const steps = names.slice(names[1] === 'environments' ? 3 : 1);
  const own =
    steps.findLast(step => !/^\d+$|^(?:command|args|env|data|template)$/.test(step)) ?? '';
  const isScript = steps.includes('command') || steps.includes('args');
  // Whoever wrote the manifests chose the name: it is that of a plain file, in no other folder.
  const plain = /^\w[\w.-]*$/.test(own) ? own : `${plainName(own) || 'text'}.txt`;
  const name = isScript ? `${plainName(own)}.sh` : plain;
  const [, entry = ''] = steps;
  return [
    name,
    `${entry}-${name}`,
    `${names[1] === 'environments' ? names[2] : 'base'}-${entry}-${name}`,
    `${shortHash(text)}-${name}`,
  ]
    .filter(file => !file.includes('/'))
    .map(file => `files/${file}`);
}
