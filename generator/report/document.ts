import { code } from './markdown.ts';
import { escaped } from './svg.ts';
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

/** How words and names are written in a format. */
interface Writing {
  readonly words: (text: string) => string;
  readonly name: (name: string) => string;
}

/** A line in a format. */
export function written(line: Line, { words, name }: Writing): string {
  return line
    .map(passage => (typeof passage === 'string' ? words(passage) : name(passage.name)))
    .join('');
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

/** A line as a part of a page. */
export function lineHtml(line: Line): string {
  return written(line, { words: textHtml, name: name => `<code>${textHtml(name)}</code>` });
}

function textHtml(text: string): string {
  return escaped(oneLine(text));
}
