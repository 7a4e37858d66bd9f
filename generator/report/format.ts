import type { SarifTool } from './sarif.ts';

/** A file that `expand` writes, which says nothing of the tool. */
export interface FileFormat<Report> {
  readonly render: (report: Report) => string;
  readonly file: string;
}

/** The formats of a command by their names; the first is the default. `file`: what `--reports`, or `expand`, writes of it. */
export type Formats<Report> = Readonly<
  Record<
    string,
    { readonly render: (report: Report, shown: Shown) => string; readonly file?: string }
  >
>;

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
