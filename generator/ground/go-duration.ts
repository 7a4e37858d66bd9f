import { oncePerText } from './once-per.ts';

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/**
 * A Go duration as Go prints it, and so as Kubernetes stores it: `5m` is `5m0s`, `90m` is
 * `1h30m0s`. Text that is no duration comes back as it is: the schema reports it.
 */
export const goDuration: (text: string) => string = oncePerText(printedDuration);

function printedDuration(text: string): string {
  if (!/^([0-9.]+(ns|us|µs|ms|s|m|h))+$/.test(text)) return text === '0' ? '0s' : text;
  const parts = [...text.matchAll(/([0-9.]{1,40})(ns|us|µs|ms|s|m|h)/g)];
  const total = parts.reduce(
    (sum, [, n, unit]) => sum + Number(n) * (NANOSECONDS[unit ?? ''] ?? 0),
    0,
  );
  if (total === 0) return '0s';
  if (total < 1e9) return smallDuration(total);
  const hours = Math.floor(total / 3600e9);
  const minutes = Math.floor((total % 3600e9) / 60e9);
  const seconds = `${(total % 60e9) / 1e9}s`;
  return hours > 0
    ? `${hours}h${minutes}m${seconds}`
    : minutes > 0
      ? `${minutes}m${seconds}`
      : seconds;
}

function smallDuration(total: number): string {
  return total >= 1e6 ? `${total / 1e6}ms` : total >= 1e3 ? `${total / 1e3}µs` : `${total}ns`;
}

/**
 * The seconds of a Go duration, as `time.ParseDuration` reads it; undefined when it refuses the
 * text, as it does days (`1d`), words and numbers without a unit.
 */
export const durationSeconds: (text: string) => number | undefined = oncePerText(parsedSeconds);

function parsedSeconds(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  if (!/^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/([0-9.]{1,40})([a-zµμ]{1,10})/g)];
  const total = parts.reduce(
    (sum, [, n, unit = '']) => sum + Number(n) * (NANOSECONDS[unit.replace('μ', 'µ')] ?? 0),
    0,
  );
  return (text.startsWith('-') ? -total : total) / 1e9;
}
