import { type Host, textOf } from '../ground/host.ts';
import type { LineOf } from '../report/finding/finding-block.ts';

/** The lines of texts, each split once. */
export function linesOf(text: (file: string) => string | undefined): LineOf {
  const split = new Map<string, readonly string[]>();
  return (file, line) => {
    const lines = split.get(file) ?? text(file)?.split(/\r?\n/) ?? [];
    split.set(file, lines);
    return lines[line - 1];
  };
}

/** The texts of files as the machine has them. */
export function textsOn(host: Host): (file: string) => string | undefined {
  return file => (host.kindOf(file) === 'file' ? textOf(file, host) : undefined);
}
