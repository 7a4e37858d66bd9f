import { cut, escaped } from './svg.ts';
import { oneLine } from './text.ts';

/** A part of a line: words, which may quote names, or a name. */
export type Passage = string | { readonly name: string };

export type Line = readonly Passage[];

/** A part of a report, for every format. */
export type Block =
  | { readonly heading: Line; readonly level: 1 | 2 | 3 | 4 }
  | { readonly text: Line }
  | { readonly items: readonly Line[] }
  | { readonly head: readonly string[]; readonly rows: readonly (readonly Line[])[] }
  | { readonly command: string };

/** A line in a format, which writes words and names in two ways. */
export function written(
  line: Line,
  { words, name }: Readonly<Record<'words' | 'name', (text: string) => string>>,
): string {
  return line.map(part => (typeof part === 'string' ? words(part) : name(part.name))).join('');
}

/** Blocks of which the words are ours: in Markdown they stay as they are, so that its source is readable. */
export function markdownOf(blocks: readonly Block[]): string {
  return blocks.map(blockMarkdown).join('\n');
}

function blockMarkdown(block: Block): string {
  const text = (line: Line): string => written(line, { words: words => words, name: span });
  if ('heading' in block) return `${'#'.repeat(block.level)} ${text(block.heading)}\n`;
  if ('text' in block) return `${text(block.text)}\n`;
  if ('items' in block) return block.items.map(item => `- ${text(item)}\n`).join('');
  // A command is one line and begins with a word of ours, so it cannot end the block.
  if ('command' in block) return `\`\`\`sh\n${block.command}\n\`\`\`\n`;
  const rows = [block.head, block.head.map(() => '---'), ...block.rows.map(row => row.map(text))];
  return rows.map(row => `| ${row.join(' | ')} |\n`).join('');
}

/** A name as code: in backticks where nothing in it has a meaning in Markdown. */
function span(name: string): string {
  return /^(?!.*www\.)[-\w./](?:[-\w./ ]{0,118}[-\w./])?$/i.test(name) ? `\`${name}\`` : code(name);
}

/** The same as a part of a page. */
export function htmlOf(blocks: readonly Block[]): string {
  return blocks.map(block => `${blockHtml(block)}\n\n`).join('');
}

function blockHtml(block: Block): string {
  if ('heading' in block) return `<h${block.level}>${lineHtml(block.heading)}</h${block.level}>`;
  if ('text' in block) return `<p>${lineHtml(block.text)}</p>`;
  if ('items' in block)
    return ['<ul>', ...block.items.map(item => `<li>${lineHtml(item)}</li>`), '</ul>'].join('\n');
  if ('command' in block) return `<pre><code>${textHtml(block.command)}</code></pre>`;
  const head = block.head.map(name => `<th scope="col">${textHtml(name)}</th>`).join('');
  const rows = block.rows.map(row => row.map(cell => `<td>${lineHtml(cell)}</td>`).join(''));
  return [
    '<div class="wide" tabindex="0"><table>',
    `<thead><tr>${head}</tr></thead>`,
    ...['<tbody>', ...rows.map(cells => `<tr>${cells}</tr>`), '</tbody>'],
    '</table></div>',
  ].join('\n');
}

export function lineHtml(line: Line): string {
  return written(line, { words: textHtml, name: name => `<code>${textHtml(name)}</code>` });
}

function textHtml(text: string): string {
  return escaped(oneLine(text));
}

/** No more of a name or a message is shown: the HTML report has all of it. */
const [MOST_OF_NAME, MOST_OF_TEXT] = [120, 400];

/** An invisible character that keeps a forge from making a link or a mention of a text. */
const BREAK = '&#8203;';

/** Signs that mean something in Markdown or HTML as entities, which mean nothing. */
function withEntities(text: string): string {
  return text.replaceAll(/[&<>"'`*_~|\\[\]{}!#@$^]/g, sign => `&#${sign.charCodeAt(0)};`);
}

/** `https:`, `www.` and `@` make links even inside of code. */
function withoutLinks(text: string): string {
  const apart = text.replaceAll('&#64;', `&#64;${BREAK}`).replaceAll(/:(?=\/)/g, `&#58;${BREAK}`);
  return apart.replaceAll(/\bwww\./gi, match => `${match.slice(0, -1)}${BREAK}.`);
}

/** A name, as code. Forges look for mentions and references outside of code only. */
export function code(name: string): string {
  return `<code>${withoutLinks(withEntities(oneLine(cut(name, MOST_OF_NAME))))}</code>`;
}

/** A sentence; the names that it quotes are code. */
export function prose(text: string): string {
  const parts = cut(text, MOST_OF_TEXT).split(/"([^"]*)"/);
  return parts.map((part, index) => (index % 2 === 1 ? code(part) : plain(part))).join('');
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
