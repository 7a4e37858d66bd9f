import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import ejs from 'ejs';
import { transformSync } from 'esbuild';

/**
 * An HTML page as a module: its templates as functions, its style and its script as
 * text. Whatever shows a page needs neither ejs nor these files. `styles`: what it looks like another's in.
 */
export function compilePage(folder: URL, styles: readonly URL[] = []): string {
  const style = minified(
    [
      ...styles.map(file => readFileSync(file, 'utf8')),
      ...filesIn('style/', '.css', folder).map(([, text]) => text),
    ].join('\n'),
    'css',
  );
  const script = minified(
    filesIn('script/', '.js', folder)
      .map(([, text]) => text)
      .join('\n'),
    'js',
  );
  const functions = filesIn('templates/', '.ejs', folder).map(
    ([name, text]) =>
      `${JSON.stringify(name)}: function (it, escapeFn, include) {${compiled(text)}}`,
  );
  const parts = { style, script, policy: policyFor(style, script) };
  return `const templates = {${functions.join(',\n')}};
const parts = ${JSON.stringify(parts)};
exports.page = {
  render(page, escapeFn) {
    const include = (name, data) => templates[name](data, escapeFn, include);
    return include('page', { ...page, ...parts });
  },
};
`;
}

/** What is typed by hand. */
export function pageDeclaration(module: string): string {
  return `import type { Page } from '../../generator/report/${module}' with { 'resolution-mode': 'import' };
export declare const page: {
  readonly render: (page: Page, escape: (value: unknown) => string) => string;
};
`;
}

/** The body of a template's function; it reads `it` and nothing else. */
function compiled(text: string): string {
  const template = new ejs.Template(text, {
    strict: true,
    compileDebug: false,
    rmWhitespace: true,
  });
  template.compile();
  return template.source;
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

function filesIn(name: string, ending: string, folder: URL): [name: string, text: string][] {
  const place = new URL(name, folder);
  const files = (existsSync(place) ? readdirSync(place) : []).filter(file => file.endsWith(ending));
  return files
    .sort()
    .map(file => [
      file.slice(0, -ending.length),
      readFileSync(new URL(`${name}${file}`, folder), 'utf8'),
    ]);
}
