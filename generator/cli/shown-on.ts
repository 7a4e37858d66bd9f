import { relative, resolve } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Host, Stream } from '../ground/host.ts';
import { type Formats, rendered, type Shown } from '../report/format.ts';
import { pageOf } from './explain.ts';

/** What reports say of this program, and of the machine that they are printed on. */
export function shownOn({ cwd, hasColors }: Host, stream: Stream = 'stdout'): Shown {
  return {
    version: packageJson.version,
    pageOf,
    relativeFile: file => (file === 'stdin' ? file : relative(cwd, resolve(cwd, file))),
    hasColors: () => hasColors(stream),
  };
}

/** Prints a report in a format. */
export function printReport<Report>(
  formats: Formats<Report>,
  format: string,
  report: Report,
  host: Host,
): void {
  host.stdout(rendered(formats, format, report, shownOn(host)));
}
