import { relative } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { oncePer } from './once.ts';
import type { Validators } from './schema.ts';

/** The machine a command runs on: the only way to files, other programs and the terminal. */
export interface Host {
  /** The working directory; all paths are relative to it. */
  readonly cwd: string;
  /** Some of its files are on no disk: another program sees them once they are copied. */
  readonly isVirtual?: boolean;
  /** The same machine, with the files that the config of lint excludes: an applier may apply them all the same. */
  readonly whole?: Host;
  /** Writes the files in these folders (default: all) to disk for other programs. Absent: they are on disk already. */
  readonly onDisk?: (folders?: readonly string[]) => void;
  /** Reads a regular file only: a pipe would be waited for, and a device may have no end. */
  readonly readFile: (path: string) => Uint8Array;
  /** What a path leads to; `link` where it leads to nothing. */
  readonly kindOf: (path: string) => FileKind | undefined;
  /** The target of a link, as it is written; undefined: the path is no link. */
  readonly linkText: (path: string) => string | undefined;
  /** The entries of a folder by name, links not followed; undefined: it cannot be read. */
  readonly entriesIn: (folder: string) => readonly FolderEntry[] | undefined;
  readonly exists: (path: string) => boolean;
  readonly isFolder: (path: string) => boolean;
  /** Where a path leads when all links are followed, from the root of the machine; undefined: nowhere. */
  readonly realPath: (path: string) => string | undefined;
  readonly sizeOf: (path: string) => number;
  /** All files below a folder, relative to it, with `/`, links left out; none when there is no such folder. */
  readonly listFiles: (folder: string) => string[];
  readonly readStdin: () => Uint8Array;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** `stderr` for a report that may have colours of its own. */
  readonly stderrReport: (text: string) => void;
  /** Shows people at a terminal what a long run does, on a line that the next one replaces. */
  readonly progress: (text: string) => void;
  readonly env: (name: string) => string | undefined;
  /** The kept text that is worked out of these parts; undefined: nothing can be kept. */
  readonly kept: (parts: readonly KeptPart[]) => KeptText | undefined;
  /** Asks on the terminal for a line, with or without echo; undefined: there is no terminal. */
  readonly ask: (question: string, isHidden: boolean) => string | undefined;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Whether it is a terminal with colours, and they are wanted (https://no-color.org). */
  readonly hasColors: (stream: Stream) => boolean;
  /** Runs a program to its end, as soon as a processor is free for it. */
  readonly run: (command: string, args: readonly string[], options?: RunOptions) => Promise<Run>;
  /** The same for git, which gives files and names of commits: it ends at once, and is waited for like a file. */
  readonly runNow: (command: string, args: readonly string[], options?: RunOptions) => Run;
  /** Sets the limits of the programs that are started from now on. */
  readonly limit: (limits: Limits) => void;
  /** Starts a program that serves HTTP on a socket which only we reach. It ends when this process does. */
  readonly serve: (
    command: string,
    args: (socket: string) => readonly string[],
  ) => Promise<ServedProgram>;
  /** In milliseconds since 1970. */
  readonly now: () => number;
  /** The machine with another working directory. */
  readonly below: (folder: string) => Host;
  /** A new folder, which is made when something is written to it, and is gone at the end of the run. */
  readonly scratchFolder: () => Scratch;
  readonly packageFile: (path: string) => string;
  /** The sum of the sources that this program was built of; absent: it was not built. */
  readonly build?: string | undefined;
  readonly validators: Validators;
  /** What kustomize would print of a folder, if it is just as the spec above it makes it (environments/expanded.ts). */
  readonly expanded?: (folder: string, host: Host) => string | undefined;
}

export type Stream = 'stdout' | 'stderr';

/** A part of the input that a kept text is made from; a program counts by the content of its file. */
export type KeptPart = string | Uint8Array | { readonly program: string };

interface KeptText {
  /** Undefined: none has kept it yet. */
  readonly text: string | undefined;
  /** Keeps a text, which holds no secret. Returns whether that was possible. */
  readonly keep: (text: string) => boolean;
  readonly drop: () => void;
  /** Has the text worked out once in this run, whoever asks. */
  readonly once: (run: () => Promise<Run>) => Promise<Run>;
}

/** A folder that we made, where nothing is written through a link. */
export interface Scratch extends Host {
  readonly writeFile: (path: string, bytes: string | Uint8Array, mode?: number) => void;
  readonly makeFolder: (path: string) => void;
  /** Makes a link, in place of one that is there. */
  readonly link: (text: string, path: string) => void;
  readonly below: (folder: string) => Scratch;
}

export type FileKind = 'file' | 'folder' | 'link' | 'other';

export interface FolderEntry {
  readonly name: string;
  readonly kind: FileKind;
}

export interface RunOptions {
  readonly input?: string | undefined;
  /** All of its environment; absent: it has ours. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Its stdout is bytes: the text has a character for each. */
  readonly isBinary?: boolean;
  /** What this program may take where a person does not say otherwise; `output`: in megabytes. */
  readonly limits?: Limits & { readonly output?: number };
  /** Whether nobody needs it any more, asked when a processor is free for it. */
  readonly isNeedless?: () => boolean;
  /** It may ask a person at the terminal, so it is in our group of processes. */
  readonly isAtTerminal?: boolean;
  /** A program that stays and does the same for many lists of arguments: it is asked first. */
  readonly resident?: string | undefined;
  /** The files that it reads, if they are not on the disk. */
  readonly unwritten?:
    | { readonly files: ReadonlyMap<string, string | Uint8Array>; readonly write: () => void }
    | undefined;
}

export interface Limits {
  readonly seconds?: number;
  /** In megabytes of address space. */
  readonly memory?: number;
}

export interface ServedProgram {
  /** Throws a HostError where no answer comes. */
  readonly get: (path: string, accept: string) => Promise<HttpAnswer>;
  readonly stop: () => void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly date?: string;
}

/** The outcome of another program. One that went over a limit was stopped; an absent one is not installed. */
export interface Run {
  readonly status: 'ok' | 'failed' | 'too long' | 'too large' | 'absent';
  /** The limit that it went over: `120 s of one processor`. */
  readonly limit?: string;
  readonly stdout: string;
  readonly stderr: string;
  /** How long it ran, where that was more than ten seconds. */
  readonly seconds?: number;
}

/** What the machine refuses or lacks, in one line: no bug of ours. Checked by its name, as each bundle has its own class. */
export class HostError extends Error {
  override readonly name = 'HostError';
}

/** An error of the system as a HostError about what is done to a place; another error as it is. */
export function cannot(act: 'read' | 'write' | 'run', place: string, error: unknown): unknown {
  return isSystemError(error) ? new HostError(`cannot ${act} ${place}: ${reasonOf(error)}`) : error;
}

/** What `use` gives, with a HostError about the place where the system refuses. */
export function writing<T>(place: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw cannot('write', place, error);
  }
}

/** The message of an error that the machine gave; undefined: the error is a bug. */
export function refusalOf(error: unknown, cwd: string): string | undefined {
  const refusal = isSystemError(error) ? withPlace(error, cwd) : error;
  return refusal instanceof Error && refusal.name === 'HostError' ? refusal.message : undefined;
}

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

/** Calls that only look. `open` may be for writing too, but here it is mostly for reading. */
const LOOKS = /^(access|fstat|lstat|open|opendir|read|readlink|realpath|scandir|stat|uv_cwd)$/;

function withPlace(error: SystemError, cwd: string): unknown {
  const path = error.dest ?? error.path;
  const place = path === undefined ? 'the working directory' : shown(path, cwd);
  if (error.syscall.startsWith('spawn')) return cannot('run', place, error);
  return cannot(LOOKS.test(error.syscall) ? 'read' : 'write', place, error);
}

function shown(path: string, cwd: string): string {
  const near = relative(cwd, path);
  const place = near === '' ? '.' : near.startsWith('..') ? path : near;
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(place) ? JSON.stringify(place) : place;
}

/** The reason in the system's words. */
export function reasonOf({ errno, code }: SystemError): string {
  return getSystemErrorMap().get(errno)?.[1] ?? code;
}

/** Whether a path from the root of the machine is written the one way that `resolve` writes it. */
export function isResolved(path: string): boolean {
  const isClear = !path.includes('//') && !path.includes('/.') && !path.endsWith('/');
  return isClear && path.startsWith('/');
}

/** A file's text; what is not UTF-8 in it becomes U+FFFD. */
export function textOf(file: string, { readFile }: Host): string {
  return decoded(readFile(file));
}

/** The text of bytes, made once: many ask for the same file. */
export const decoded: (bytes: Uint8Array) => string = oncePer(bytes =>
  new TextDecoder().decode(bytes),
);
