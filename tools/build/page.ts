import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import ejs from 'ejs';
import { transformSync } from 'esbuild';

/**
 * An HTML page as a module: its templates as functions, its style and its script as
 * text. Whatever shows a page needs neither ejs nor these files. It is made of several folders: those
 * that other pages share, and its own. Styles count in the order of their names, wherever they are.
 */
export function compilePage(folders: readonly URL[]): string {
  const style = minified(textOf(filesIn('style/', '.css', folders)), 'css');
  const script = minified(textOf(filesIn('script/', '.js', folders)), 'js');
  const parts = { style, script, policy: policyFor(style, script) };
  return `const templates = {${functionsIn(folders, true)}};
const parts = ${JSON.stringify(parts)};
exports.page = {
  render(page, escapeFn) {
    const include = (name, data) => templates[name](data, escapeFn, include);
    return include('page', { ...page, ...parts });
  },
};
`;
}

/** The templates of a folder as functions that give texts: nothing of them is escaped or left out. */
export function compileTexts(folder: URL): string {
  return `const templates = {${functionsIn([folder], false)}};
exports.textOf = (name, it) => templates[name](it, String);
`;
}

/** The templates read what they are given, and no compiler looks at them. */
export const pageDeclaration = `export declare const page: {
  readonly render: (page: object, escape: (value: unknown) => string) => string;
};
`;

/** The templates as functions; they read `it` and nothing else. */
function functionsIn(folders: readonly URL[], rmWhitespace: boolean): string {
  const functions = filesIn('templates/', '.ejs', folders).map(([name, text]) => {
    const template = new ejs.Template(text, { strict: true, compileDebug: false, rmWhitespace });
    template.compile();
    return `${JSON.stringify(name)}: function (it, escapeFn, include) {${template.source}}`;
  });
  return functions.join(',\n');
}

/** Nothing is loaded from anywhere; only this style and this script count. */
function policyFor(style: string, script: string): string {
  const hash = (text: string): string =>
    `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return [
    "default-src 'none'",
    `style-src ${hash(style)}`,
    `script-src ${hash(script)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function minified(text: string, loader: 'css' | 'js'): string {
  return transformSync(text, { loader, minify: true, target: 'es2022' }).code.trim();
}

type Named = readonly [name: string, text: string];

function textOf(files: readonly Named[]): string {
  return files.map(([, text]) => text).join('\n');
}

function filesIn(name: string, ending: string, folders: readonly URL[]): readonly Named[] {
  return folders
    .map(folder => new URL(name, folder))
    .filter(place => existsSync(place))
    .flatMap(place => readdirSync(place).map(file => ({ file, place })))
    .filter(({ file }) => file.endsWith(ending))
    .sort((one, two) => (one.file < two.file ? -1 : 1))
    .map(({ file, place }) => [
      file.slice(0, -ending.length),
      readFileSync(new URL(file, place), 'utf8'),
    ]);
}
