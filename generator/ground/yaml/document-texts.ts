import { oncePerText } from '../once-per.ts';

/** A document of a stream of YAML, and where it begins in the stream. */
export interface DocumentText {
  readonly text: string;
  readonly start: number;
}

/** Lines that are comments, or empty. */
const NO_CONTENT = /^(?:[ \t]*(?:#[^\n]*)?(?:\r?\n|$))*$/;

/**
 * The texts of a stream's documents. A line that begins with `---` always parts documents (YAML 1.2,
 * section 9.1.2). Undefined where one has content behind it, where an indented one could be taken
 * for it, or where the stream has directives or ends of documents: those are rare, and read whole.
 */
export const documentTexts: (text: string) => readonly DocumentText[] | undefined =
  oncePerText(partsOf);

function partsOf(text: string): DocumentText[] | undefined {
  const isOdd = ['%', '...'].some(start => text.includes(start) && hasLine(text, start));
  if (isOdd || text.startsWith('\uFEFF')) return undefined;
  const parts: DocumentText[] = [];
  let start = 0;
  for (let at = text.indexOf('---'); at !== -1; at = text.indexOf('---', at + 3)) {
    const end = markerEnd(text, at);
    if (end === undefined) return undefined;
    if (end === at) continue;
    parts.push({ text: text.slice(start, at), start });
    start = end;
  }
  parts.push({ text: text.slice(start), start });
  return NO_CONTENT.test(parts[0]?.text ?? '') ? parts.slice(1) : parts;
}

function hasLine(text: string, start: string): boolean {
  return text.startsWith(start) || text.includes(`\n${start}`) || text.includes(`\r${start}`);
}

/** Where a marker ends, with its line; its start where it is none; undefined where that is unsure. */
function markerEnd(text: string, at: number): number | undefined {
  if (text[at - 1] === '\n' && text[at + 3] === '\n') return at + '---\n'.length; // As most are.
  let line = at;
  while (text[line - 1] === ' ' || text[line - 1] === '\t') line -= 1;
  const isFirst = line === 0 || text[line - 1] === '\n' || text[line - 1] === '\r';
  if (!isFirst) return at;
  const [marker] = /^---(?:\r?\n|$)/.exec(text.slice(at, at + 5)) ?? [];
  return marker === undefined || line < at ? undefined : at + marker.length;
}
