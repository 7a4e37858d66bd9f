import { relative } from 'node:path';
import { getSystemErrorMap } from 'node:util';

/**
 * What the machine refuses or lacks, such as space, a right, a tool or a revision of git: no bug of
 * ours. The message is one line. It is known by its name: each bundle has a class of its own.
 */
export class HostError extends Error {
  override readonly name = 'HostError';
}

/** The refusal of a place to be written; an error that is no refusal stays what it is. */
export function cannotWrite(place: string, error: unknown): unknown {
  return isSystemError(error) ? new HostError(`cannot write ${place}: ${reasonOf(error)}`) : error;
}

/** The refusal of a place to be read. */
export function cannotRead(place: string, error: unknown): unknown {
  return isSystemError(error) ? new HostError(`cannot read ${place}: ${reasonOf(error)}`) : error;
}

/** What an error says that the machine is the reason of; undefined: it is none of those. */
export function refusalOf(error: unknown, cwd: string): string | undefined {
  const known = isSystemError(error) ? withPlace(error, cwd) : error;
  return known instanceof Error && known.name === 'HostError' ? known.message : undefined;
}

/** What Node throws when a call to the system fails. */
export interface SystemError extends Error {
  readonly errno: number;
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
  readonly dest?: string;
}

export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'errno' in error && 'code' in error && 'syscall' in error;
}

/** Calls that only look. Of `open` one cannot know, and what is opened here is mostly read. */
const LOOKS = /^(access|fstat|lstat|open|opendir|read|readlink|realpath|scandir|stat|uv_cwd)$/;

function withPlace(error: SystemError, cwd: string): unknown {
  const path = error.dest ?? error.path;
  const place = path === undefined ? 'the working directory' : shown(path, cwd);
  if (error.syscall.startsWith('spawn'))
    return new HostError(`cannot run ${place}: ${reasonOf(error)}`);
  return LOOKS.test(error.syscall) ? cannotRead(place, error) : cannotWrite(place, error);
}

/** As the user sees it from where he is, and on one line. */
function shown(path: string, cwd: string): string {
  const near = relative(cwd, path);
  const place = near === '' ? '.' : near.startsWith('..') ? path : near;
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(place) ? JSON.stringify(place) : place;
}

/** Why, in the system's words. */
export function reasonOf({ errno, code }: SystemError): string {
  return getSystemErrorMap().get(errno)?.[1] ?? code;
}
