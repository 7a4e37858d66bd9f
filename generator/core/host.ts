import { relative } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import type { Validators } from './schema.ts';

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
interface SystemError extends Error {
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

/** The machine a command runs on: the only way to files, other programs and the terminal. */
export interface Host {
  /** The working directory; all paths are relative to it. */
  readonly cwd: string;
  /** Some of its files stand on no disk: another program sees them once they are copied. */
  readonly isVirtual?: boolean;
  /**
   * Its files come to the disk when other programs are to find them: those in these folders, which may
   * not be there, now do, or all. Absent: they are there.
   */
  readonly onDisk?: (folders?: readonly string[]) => void;
  /** Of a regular file only: a pipe would be waited for, and a device may have no end. */
  readonly readFile: (path: string) => Uint8Array;
  /** What a path leads to; `link`: to nothing. */
  readonly kindOf: (path: string) => FileKind | undefined;
  /** What a link says; undefined: it is none. */
  readonly linkText: (path: string) => string | undefined;
  /** What stands in a folder, links not followed, by name; undefined: it cannot be read. */
  readonly entriesIn: (folder: string) => readonly FolderEntry[] | undefined;
  readonly exists: (path: string) => boolean;
  readonly isFolder: (path: string) => boolean;
  /** Where a path leads when all links are followed, from the root of the machine; undefined: nowhere. */
  readonly realPath: (path: string) => string | undefined;
  /** In bytes. */
  readonly sizeOf: (path: string) => number;
  /** All files below a folder, relative to it, with `/`, links left out; none when there is no such folder. */
  readonly listFiles: (folder: string) => string[];
  readonly readStdin: () => Uint8Array;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** The same for a report, in which nothing is unseen but its own colours. */
  readonly stderrReport: (text: string) => void;
  /** Tells people at a terminal what a long run is at, on a line that goes away. */
  readonly progress: (text: string) => void;
  /** A variable of the environment. */
  readonly env: (name: string) => string | undefined;
  /** What was kept of what is worked out of these parts; undefined: nothing can be kept. */
  readonly kept: (parts: readonly (string | Uint8Array)[]) => Kept | undefined;
  /** Asks on the terminal for a line, which may be hidden; undefined: there is no terminal. */
  readonly ask: (question: string, isHidden: boolean) => string | undefined;
  /** Until so many milliseconds have passed. */
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Whether people read it on a terminal with colours (https://no-color.org). */
  readonly hasColors: (stream: Stream) => boolean;
  readonly run: (command: string, args: readonly string[], options?: RunOptions) => Run;
  /** Starts a program that serves HTTP on a socket which only we reach; it ends with us, whatever ends us. */
  readonly serve: (
    command: string,
    args: (socket: string) => readonly string[],
  ) => Promise<ServedProgram>;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  /** The same machine, seen from a folder below. */
  readonly below: (folder: string) => Host;
  /** Starts a program beside us which `run` will be asked for, just so; its outcome waits for that. */
  readonly ahead: (command: string, args: readonly string[], options?: RunOptions) => void;
  /** Hands on the machine as seen from a new empty folder, which is gone afterwards. */
  readonly withScratch: <T>(use: (scratch: Scratch) => T) => T;
  /** A new folder, made once something is written to it, which is gone at the end of the run. */
  readonly room: () => Scratch;
  /** Where a file of this package is. */
  readonly packageFile: (path: string) => string;
  readonly validators: Validators;
}

/** Where a text is printed. */
export type Stream = 'stdout' | 'stderr';

/** A text that runs keep for each other. */
interface Kept {
  /** Undefined: none has yet. */
  readonly text: string | undefined;
  /** For other runs: nothing secret. Whether it could be kept. */
  readonly keep: (text: string) => boolean;
  /** It is of no more use. */
  readonly drop: () => void;
  /** How this run works it out, once, whoever asks. */
  readonly begun: (begin: () => () => Run) => () => Run;
}

/** A folder of our own, where nothing is written through a link. */
export interface Scratch extends Host {
  /** Writes a new file, and the folders above it. */
  readonly writeFile: (path: string, bytes: string | Uint8Array, mode?: number) => void;
  readonly makeFolder: (path: string) => void;
  /** Makes a link, in place of one that is there. */
  readonly link: (text: string, path: string) => void;
  readonly below: (folder: string) => Scratch;
}

/** What a path leads to. */
export type FileKind = 'file' | 'folder' | 'link' | 'other';

/** What stands in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: FileKind;
}

/** How another program is run. */
export interface RunOptions {
  /** Its stdin. */
  readonly input?: string | undefined;
  /** All of its environment; without it the program has ours. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Its stdout is bytes, handed on with a character for each. */
  readonly isBinary?: boolean;
  /** More than this its stdout does not hold, in bytes: it is stopped. */
  readonly mostBytes?: number;
}

/** A program that serves HTTP to us alone. */
export interface ServedProgram {
  /** Throws a HostError where no answer comes. */
  readonly get: (path: string, accept: string) => Promise<HttpAnswer>;
  readonly stop: () => void;
}

/** What it answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** When, by its own clock, as HTTP has it. */
  readonly date?: string;
}

/** What another program did; status 127: it is not there. */
export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whether a path from the root of the machine is written the one way that `resolve` writes it. */
export function isResolved(path: string): boolean {
  const isClear = !path.includes('//') && !path.includes('/.') && !path.endsWith('/');
  return isClear && path.startsWith('/');
}

/** A file's text; what is not UTF-8 in it becomes U+FFFD. */
export function textOf(file: string, { readFile }: Host): string {
  return new TextDecoder().decode(readFile(file));
}
