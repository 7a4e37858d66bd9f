import { basename, dirname } from 'node:path';
import { sharedDocuments } from '../../source/shared-documents.ts';
import type { DiffOptions, ReadSides } from '../commands/diff.ts';
import type { Host } from '../host.ts';
import { commitOf, withCommit } from './revision.ts';
import { readSide, type Side, type SideOptions } from './side.ts';

/** The head that stands for what is in the folder now, committed or not. */
const WORKING_TREE = '.';

const EXEC_FLAGS: readonly string[] = ['--enable-alpha-plugins', '--enable-exec'];

/** Reads both sides and hands them on. A side is a path, or a revision of git. */
export function withSides<T>(options: DiffOptions, host: Host, use: (sides: ReadSides) => T): T {
  const { file, enableExec, namespace = '' } = options;
  const settings: SideOptions = {
    file: basename(file),
    flags: enableExec === true ? EXEC_FLAGS : [],
    namespace,
    parse: sharedDocuments(),
  };
  const withSide = (side: string, next: (side: Side) => T): T =>
    host.exists(side)
      ? next(readSide(side === WORKING_TREE ? dirname(file) : side, settings, host))
      : withCommit(commitOf(side, host), host, checkout =>
          next(readSide(dirname(file), settings, checkout)),
        );
  const labels = { base: labelOf(options.base), head: labelOf(options.head) };
  return withSide(options.base, base =>
    withSide(options.head, head => use({ base, head, labels })),
  );
}

function labelOf(side: string): string {
  return side === WORKING_TREE ? 'the working tree' : side;
}
