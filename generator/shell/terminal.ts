import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { HostError, isSystemError } from '../core/host.ts';
import { attempt } from '../core/json.ts';
import { shownLines } from '../report/text.ts';
import { sleep } from './streams.ts';

/** Asks on the terminal, whatever stdin and stdout are, and waits for a line. Undefined: there is no terminal. */
export function ask(question: string, isHidden: boolean): string | undefined {
  const file = attempt(() => openSync('/dev/tty', 'r+'));
  if (file === undefined) return undefined;
  if (!isHidden) {
    writeSync(file, shownLines(question));
    const line = plainLine(file);
    closeSync(file);
    return line;
  }
  const terminal = new (tty().ReadStream)(file);
  // Raw mode does not echo; it has to be on before the question is seen.
  terminal.setRawMode(true);
  try {
    writeSync(file, shownLines(question));
    return hiddenLine(file);
  } finally {
    terminal.setRawMode(false);
    writeSync(file, '\n');
    terminal.destroy();
  }
}

/** Loaded only when needed: it takes a tenth of a short run. */
function tty(): typeof import('node:tty') {
  return createRequire(import.meta.filename)('node:tty');
}

function plainLine(file: number): string {
  const buffer = Buffer.alloc(1024);
  return buffer.toString('utf8', 0, readSync(file, buffer));
}

/** Keys that do something, in raw mode. */
const [INTERRUPT, END, BACKSPACE, NEWLINE, ENTER, CLEAR, DELETE] = [3, 4, 8, 10, 13, 21, 127];

/** In milliseconds: pasted text arrives sooner. */
const PASTED = 50;

function hiddenLine(file: number): string {
  const line: number[] = [];
  for (;;) {
    const keys = typed(file);
    const end = keys.findIndex(key => key === ENTER || key === NEWLINE);
    for (const key of end < 0 ? keys : keys.slice(0, end)) press(key, line);
    if (end < 0) continue;
    sleep(PASTED);
    // The rest would be typed into the shell.
    if (end + 1 < keys.length || typed(file, 0).length > 0)
      throw new HostError('several lines were pasted: --from FILE takes them; nothing is written');
    return Buffer.from(line).toString('utf8');
  }
}

function press(key: number, line: number[]): void {
  if (key === INTERRUPT || key === END) throw new HostError('nothing is written');
  if (key === CLEAR) line.length = 0;
  else if (key !== BACKSPACE && key !== DELETE) line.push(key);
  else while (((line.pop() ?? 0) & 0xc0) === 0x80); // A character of UTF-8 is several bytes.
}

/** The keys that were typed; without a limit of tries it waits for one. */
function typed(file: number, tries = Number.POSITIVE_INFINITY): number[] {
  const buffer = Buffer.alloc(1 << 16);
  for (let left = tries; ; left -= 1) {
    try {
      return [...buffer.subarray(0, readSync(file, buffer))];
    } catch (error) {
      if (!isSystemError(error) || error.code !== 'EAGAIN') throw error;
      if (left <= 0) return [];
      sleep(10);
    }
  }
}
