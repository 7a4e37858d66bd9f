import { wrongUsage } from '../usage.ts';

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
