import { cut } from './svg.ts';
import { oneLine } from './text.ts';

/** No more of a name or a message is shown: the HTML report has all of it. */
const MOST_OF_NAME = 120;
const MOST_OF_TEXT = 400;

/** An invisible character that keeps a forge from making a link or a mention of a text. */
const BREAK = '&#8203;';

/** Signs that mean something in Markdown or HTML as entities, which mean nothing. */
function withEntities(text: string): string {
  return text.replaceAll(/[&<>"'`*_~|\\[\]{}!#@$^]/g, sign => `&#${sign.charCodeAt(0)};`);
}

/** `https:`, `www.` and `@` make links even inside of code. */
function withoutLinks(text: string): string {
  return text
    .replaceAll('&#64;', `&#64;${BREAK}`)
    .replaceAll(/:(?=\/)/g, `&#58;${BREAK}`)
    .replaceAll(/\bwww\./gi, match => `${match.slice(0, -1)}${BREAK}.`);
}

/** A name, as code. Forges look for mentions and references outside of code only. */
export function code(name: string, most: number = MOST_OF_NAME): string {
  return `<code>${withoutLinks(withEntities(oneLine(cut(name, most))))}</code>`;
}

/** A sentence; the names that it quotes are code. */
export function prose(text: string): string {
  return cut(text, MOST_OF_TEXT)
    .split(/"([^"]*)"/)
    .map((part, index) => (index % 2 === 1 ? code(part) : plain(part)))
    .join('');
}

/** Text outside of code, without references (`#1`, `!1`, `GH-1`), emoji (`:x:`) and links. */
function plain(text: string): string {
  const broken = withoutLinks(withEntities(oneLine(text)));
  return broken
    .replaceAll(/&#(?:33|35|36|38|94|126);(?=\w|&#(?:34|123);)/g, entity => entity + BREAK)
    .replaceAll(/[:%](?=[\w+-]|&#(?:34|123);)/g, sign => `&#${sign.charCodeAt(0)};${BREAK}`)
    .replaceAll(/\bgh-(?=\d)/gi, match => match + BREAK);
}

/** Lines of a diff as a code block, with a fence that is longer than any in the lines. */
export function diffBlock(lines: readonly string[]): string {
  const text = lines.map(oneLine).join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}\n`;
}
