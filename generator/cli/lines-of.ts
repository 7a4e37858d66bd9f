import type { Host } from '../ground/host.ts';
import type { SourceFile } from '../ground/locate.ts';
import type { ReadSpec } from '../read/read-spec.ts';
import type { ManifestSet } from '../read/sets/manifest-set.ts';
import { textOf } from '../read/text-of.ts';
import type { LineOf } from '../report/finding/finding-block.ts';

/** The text of a file; undefined when it is not there. */
export type TextOf = (file: string) => string | undefined;

/** The lines of texts, each split once. */
export function linesOf(text: TextOf): LineOf {
  const split = new Map<string, readonly string[]>();
  return (file, line) => {
    const lines = split.get(file) ?? text(file)?.split(/\r?\n/) ?? [];
    split.set(file, lines);
    return lines[line - 1];
  };
}

/** The texts of files as the machine has them. */
export function textsOn(host: Host): TextOf {
  return file => (host.kindOf(file) === 'file' ? textOf(file, host) : undefined);
}

/** The texts that findings are shown with, by file. */
export function textsOf(
  sources: ManifestSet['sources'],
  source: SourceFile | undefined,
  spec: ReadSpec | undefined,
  host: Host,
): TextOf {
  const files = sources.filter(({ isBuilt, text }) => !isBuilt && text !== undefined);
  const read = new Set(sources.filter(({ helm }) => helm === undefined).map(({ file }) => file));
  const all = [
    ...files,
    ...(source ? [source] : []),
    ...(spec ? [spec.source, ...(spec.source.parts ?? [])] : []),
  ];
  const texts = new Map(all.map(({ file, text }) => [file, text]));
  return file => {
    // Else it is one that a kustomization is built from; of the kustomization itself no line is meant.
    if (!texts.has(file) && !read.has(file) && host.kindOf(file) === 'file')
      texts.set(file, textOf(file, host));
    return texts.get(file);
  };
}
