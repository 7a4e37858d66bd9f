import { basename, dirname } from 'node:path';
import type { DiffOptions, ReadSides } from '../commands/diff.ts';
import type { Host } from '../host.ts';
import { commitOf, withCommit } from './revision.ts';
import { readSide, type Side } from './side.ts';

/** The head that stands for what is in the folder now, committed or not. */
const WORKING_TREE = '.';

const EXEC_FLAGS: readonly string[] = ['--enable-alpha-plugins', '--enable-exec'];

/** Reads both sides and hands them on. A side is a path, or a revision of git. */
export function withSides<T>(options: DiffOptions, host: Host, use: (sides: ReadSides) => T): T {
  const labels = { base: labelOf(options.base), head: labelOf(options.head) };
  return withSide(options.base, options, host, base =>
    withSide(options.head, options, host, head => use({ base, head, labels })),
  );
}

function labelOf(side: string): string {
  if (side === WORKING_TREE) return 'the working tree';
  return side;
}

function withSide<T>(side: string, options: DiffOptions, host: Host, use: (side: Side) => T): T {
  const { file, enableExec, namespace = '' } = options;
  const settings = {
    file: basename(file),
    flags: enableExec === true ? EXEC_FLAGS : [],
    namespace,
  };
  const folder = dirname(file);
  if (host.exists(side)) {
    const path = side === WORKING_TREE ? folder : side;
    return use(readSide(path, settings, host));
  }
  return withCommit(commitOf(side, host), host, checkout =>
    use(readSide(folder, settings, checkout)),
  );
}
