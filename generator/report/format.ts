import type { SarifTool } from './sarif.ts';

/** One way to print what a command found. */
interface Format<Report> {
  readonly render: (report: Report, shown: Shown) => string;
  /** The file that `--reports`, or `expand`, writes of it. */
  readonly file?: string;
}

/** A file that `expand` writes, which says nothing of the tool. */
export interface FileFormat<Report> {
  readonly render: (report: Report) => string;
  readonly file: string;
}

/** The formats of a command by their names; the first is the default. */
export type Formats<Report> = Readonly<Record<string, Format<Report>>>;

/** What a format may say of the tool, and of where it is read. */
export interface Shown extends SarifTool {
  /** Whether people read it on a terminal with colours. */
  readonly hasColors: () => boolean;
  /** The address of the files that this run leaves, where a forge tells it. */
  readonly page?: string;
}

/** A report in a format. The command line refuses names that are none. */
export function rendered<T>(formats: Formats<T>, name: string, report: T, shown: Shown): string {
  const format = formats[name];
  if (format === undefined) throw new Error(`there is no format ${name}`);
  return format.render(report, shown);
}
