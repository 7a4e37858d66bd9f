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
export function documentTexts(text: string): DocumentText[] | undefined {
  if (/^(?:---[^\r\n]|[ \t]+---|%|\.\.\.)/m.test(text) || text.startsWith('\uFEFF'))
    return undefined;
  const parts: DocumentText[] = [];
  let start = 0;
  for (const { 0: marker, index } of text.matchAll(/^---\r?\n|^---$/gm)) {
    parts.push({ text: text.slice(start, index), start });
    start = index + marker.length;
  }
  parts.push({ text: text.slice(start), start });
  return NO_CONTENT.test(parts[0]?.text ?? '') ? parts.slice(1) : parts;
}
