import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

/** What lies in the folder of a case: a file or folder that is copied there, or a text. */
export type Inputs = Readonly<
  Record<string, { readonly from: string } | { readonly text: string }>
>;

/** A start of a program. */
export interface Command {
  readonly args: readonly string[];
  /** Its stdin. */
  readonly input?: string;
  /** The KRM function, and not the command line. */
  readonly isFunction?: boolean;
}

/** Commands that are run in a folder of their own. */
export interface Case {
  readonly name: string;
  readonly inputs: Inputs;
  /** The folder is a repository, of which this is committed; `inputs` are its working tree. */
  readonly committed?: Inputs;
  readonly commands: readonly Command[];
  /** The commands are one after the other: each finds what those before it have written. */
  readonly isSequence?: boolean;
  /** So large that a quick run leaves it out. */
  readonly isLarge?: boolean;
}

/** The formats of each command that has more than text and JSON. */
const FORMATS: Readonly<Record<string, string>> = {
  finding: 'text json',
  lint: 'text json sarif github junit',
  diff: 'text json html markdown sarif',
  graph: 'table json mermaid dot svg html',
  iam: 'text json terraform cloudformation eksctl ack crossplane',
  params: 'text json csv',
  runbook: 'markdown html',
  render: 'yaml json',
};

/**
 * Command lines, of words without spaces, with `;` or a new line between them; one that ends in `{lint}` or `{a b}` is
 * one in each of these formats.
 */
export function lines(...texts: readonly string[]): Command[] {
  return texts
    .flatMap(text => text.split(/[;\n]/))
    .flatMap(text => {
      const [, line = '', formats = ''] = /^(.*) \{(.*)\}$/.exec(text.trim()) ?? [];
      if (line === '') return [text.trim()];
      return (FORMATS[formats] ?? formats).split(' ').map(format => `${line} -o ${format}`);
    })
    .map(line => ({ args: line === '' ? [] : line.split(' ') }));
}

/** A call of the KRM function with a document as its functionConfig, and others as items. */
export function call(config: string, ...items: readonly string[]): Command {
  const indented = items
    .flatMap(documentsIn)
    .map(text => `  -\n${text.replaceAll(/^(?=.)/gm, '    ')}`);
  const list = indented.length === 0 ? ' []' : `\n${indented.join('\n')}`;
  const input = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
${config.replaceAll(/^(?=.)/gm, '  ')}
items:${list}
`;
  return { args: [], input, isFunction: true };
}

function documentsIn(text: string): string[] {
  return text.split(/^---.*$/m).filter(document => /^[^#\s]/m.test(document));
}

/** The names in a folder, in their order; without one, none. */
export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** The folders in a folder of this repository, by their paths: one that is not there is an error, and no case less. */
export function foldersIn(path: string): string[] {
  const folder = join(root, path);
  return readdirSync(folder)
    .sort()
    .map(name => join(folder, name))
    .filter(one => statSync(one).isDirectory());
}

/** What is in a folder, each under its name; `place` is where it comes to lie. */
export function contentOf(folder: string, place = ''): Inputs {
  return Object.fromEntries(
    namesIn(folder).map(name => [join(place, name), { from: join(folder, name) }]),
  );
}

export function textIn(...path: readonly string[]): string {
  return readFileSync(join(...path), 'utf8');
}
