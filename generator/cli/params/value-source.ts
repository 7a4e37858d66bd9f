import { randomInt } from 'node:crypto';
import type { Host } from '../../ground/host.ts';
import { wrongUsage } from '../usage.ts';

/** Where a value comes from: never from the command line, which others can see and shells keep. */
export interface SourceFlags {
  /** A file; `-`: stdin. */
  readonly from?: string;
  /** How many characters are made up. */
  readonly generate?: number;
}

/** A value as it is given. */
export function valueFrom({ from, generate }: SourceFlags, name: string, host: Host): string {
  if (generate !== undefined) return randomText(generate);
  if (from !== undefined) return textOf(from === '-' ? host.readStdin() : host.readFile(from));
  const answer = host.ask(`The value of ${name} (it is not shown): `, true);
  return (
    answer ?? wrongUsage('there is no terminal to ask for the value: --from FILE, or --from -')
  );
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return wrongUsage('the value is no text in UTF-8');
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Letters and digits, which mean nothing in a URL or a shell. With 32 of them, a digit and a small
 * letter it is what Phoenix asks of its secrets (docs/facts/phoenix.md#secrets).
 */
function randomText(length: number): string {
  for (;;) {
    const all = Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    if (/[a-z]/.test(all) && /[0-9]/.test(all)) return all;
  }
}

/** The fewest and the most characters that are made up. */
const LENGTHS = [32, 1024] as const;

/** Reads the length of a value that is made up. */
export function lengthFlag(given: string): number {
  const [least, most] = LENGTHS;
  const length = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  return length >= least && length <= most
    ? length
    : wrongUsage(`--generate takes a number from ${least} to ${most}`);
}
