import type { Host } from '../../ground/host.ts';
import { refusalOf } from '../../read/inside.ts';
import { type ManifestSource, readNamed } from '../../read/manifest-source.ts';

/** Whether a path is that of a Markdown document. */
export function isMarkdown(path: string, host: Host): boolean {
  return /\.(md|markdown)$/i.test(path) && host.kindOf(path) === 'file';
}

/**
 * The YAML blocks of a Markdown document, each a source of its own, with line breaks in front so that
 * places in it are places in the document. A block that holds no manifest is an example of something else.
 */
export function readMarkdown(file: string, host: Host): ManifestSource[] {
  const whole = readNamed(file, host);
  if (refusalOf(file, host) !== undefined || whole.text === undefined) return [whole];
  return yamlBlocks(whole.text)
    .filter(({ text }) => /^[ \t]{0,100}["']?(apiVersion|kind)["']?[ \t]{0,100}:/m.test(text))
    .map(({ text, line }) => ({ ...whole, text: '\n'.repeat(line - 1) + text }));
}

interface Block {
  readonly text: string;
  /** Its first line in the document, from 1. */
  readonly line: number;
}

/** The opening of a fenced block: its indentation, its fence, and its language (CommonMark 0.31, 4.5). */
const FENCE = /^( {0,3}|[ \t]+)(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;

/** The fenced blocks whose language is YAML. */
function yamlBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let open:
    | { readonly fence: string; readonly indent: number; readonly isYaml: boolean }
    | undefined;
  let start = 0;
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const [, indent = '', fence = '', language = ''] = FENCE.exec(line) ?? [];
    if (open === undefined) {
      if (fence === '') continue;
      open = { fence, indent: indent.length, isYaml: /^(ya?ml)$/i.test(language) };
      start = index + 1;
    } else if (isEnd(line, open.fence)) {
      const { indent: width, isYaml } = open;
      const content = lines.slice(start, index).map(one => unindented(one, width));
      if (isYaml) blocks.push({ text: `${content.join('\n')}\n`, line: start + 1 });
      open = undefined;
    }
  }
  return blocks;
}

/** A fence of the same sign, at least as long, with nothing behind it. */
function isEnd(line: string, fence: string): boolean {
  const found = line.trim();
  return found.startsWith(fence) && [...found].every(sign => sign === fence[0]);
}

/** A block in a list is indented as its fence is. */
function unindented(line: string, width: number): string {
  const own = line.length - line.trimStart().length;
  return line.slice(Math.min(own, width));
}
