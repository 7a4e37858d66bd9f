/** A word of an action of a Go template. */
export interface Token {
  readonly kind: 'field' | 'variable' | 'word' | 'text' | 'literal' | 'dot' | 'sign';
  /** A field's name without its dot, a text without its quotes, else as written. */
  readonly text: string;
  /** It follows the token before it without a space, as `.b` does in `.a.b`. */
  readonly isJoined: boolean;
}

export interface TemplateFault {
  /** What is wrong, with no text of the template but names. */
  readonly message: string;
  /** The key with a dash that was meant by `{{ .api-key }}`. */
  readonly dashed?: string;
  readonly unknownFunction?: string;
}

/** A piece of a template: text as it is, or what stands between braces. */
export type Piece =
  | { readonly text: string }
  | { readonly action: readonly Token[] }
  | { readonly fault: TemplateFault };

/** Cuts a template into text and the tokens of actions, as Go's lex.go. The last piece may be a fault. */
export function templatePieces(template: string): Piece[] {
  const pieces: Piece[] = [];
  const tokens = /[^\0-\x7f]/.test(template) ? TOKEN : ASCII_TOKEN;
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{{', at);
    const before = textBetween(template, at, open);
    if (before !== '') pieces.push({ text: before });
    if (open === -1) break;
    const [piece, end] = pieceAt(template, open, tokens);
    if (piece !== undefined) pieces.push(piece);
    if (piece !== undefined && 'fault' in piece) break;
    at = end;
  }
  return pieces;
}

/** The text from where an action ended to where the next begins: a `-` in their braces trims it. */
function textBetween(template: string, start: number, open: number): string {
  const text = template.slice(start, open === -1 ? undefined : open);
  const isTrimmed = open !== -1 && /^\{\{-\s/.test(template.slice(open, open + 4));
  const after = /\s-\}\}$/.test(template.slice(Math.max(0, start - 4), start));
  const rest = after ? text.trimStart() : text;
  return isTrimmed ? rest.trimEnd() : rest;
}

/** An action; nothing for a comment. */
function pieceAt(template: string, open: number, tokens: RegExp) {
  const start = open + (/^\{\{-\s/.test(template.slice(open, open + 4)) ? 3 : 2);
  const comment = /^\s*\/\*/.exec(template.slice(start, start + 100));
  if (comment !== null) return commentAt(template, start + comment[0].length);
  return actionAt(template, start, tokens);
}

function commentAt(template: string, start: number): [piece: Piece | undefined, end: number] {
  const close = template.indexOf('*/', start);
  if (close === -1) return [{ fault: { message: 'a comment is not closed' } }, 0];
  const [end = ''] = /^(\s-)?\}\}/.exec(template.slice(close + 2, close + 6)) ?? [];
  if (end === '') return [{ fault: { message: 'a comment ends before the closing braces' } }, 0];
  return [undefined, close + 2 + end.length];
}

/** What an action may hold. A name ends at a space, a dot or one of a few signs (atTerminator). */
const TOKEN =
  /(?<space>\s+)|"(?<quoted>(?:[^"\\\n]|\\[^\n])*)"|`(?<raw>[^`]*)`|(?<char>'(?:[^'\\\n]|\\[^\n']{1,10}|\\')')|\.(?<field>[\p{L}_][\p{L}\p{N}_]*)|(?<variable>\$\w*)|(?<number>[+-]?(?:\d|\.\d)[\w.]*)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<dot>\.)(?=[\s.,|:)(]|$|\}\})|(?<sign>:=|[=(),|])/uy;

/** For ASCII alone: compiling the letters of every script takes a tenth of a short run. */
const ASCII_TOKEN = new RegExp(
  TOKEN.source.replaceAll('\\p{L}', 'A-Za-z').replaceAll('\\p{N}', '0-9'),
  TOKEN.flags,
);

const NAMES = new Set(['field', 'variable', 'word']);

function actionAt(template: string, start: number, tokens: RegExp): [piece: Piece, end: number] {
  const action: Token[] = [];
  let at = start;
  for (let isJoined = false; ; ) {
    const [end] = /^(\s+-)?\}\}/.exec(template.slice(at, at + 100)) ?? [];
    if (end !== undefined) return [{ action }, at + end.length];
    tokens.lastIndex = at;
    const found = tokens.exec(template);
    if (found === null) return [{ fault: faultAt(template, at) }, 0];
    const token = tokenOf(found.groups ?? {}, isJoined);
    at = tokens.lastIndex;
    const next = template.slice(at, at + 1);
    if (token !== undefined && NAMES.has(token.kind) && /[^\s.,|:)(=}]/.test(next))
      return [{ fault: badCharacter(template, at, token) }, 0];
    if (token !== undefined) action.push(token);
    isJoined = token !== undefined;
  }
}

const KINDS = ['field', 'variable', 'word', 'dot', 'sign'] as const;

function tokenOf(
  groups: Readonly<Record<string, string | undefined>>,
  isJoined: boolean,
): Token | undefined {
  const { quoted, raw, char, number } = groups;
  if (quoted !== undefined || raw !== undefined)
    return { kind: 'text', text: raw ?? unquoted(quoted ?? ''), isJoined };
  if (char !== undefined || number !== undefined)
    return { kind: 'literal', text: char ?? number ?? '', isJoined };
  const kind = KINDS.find(name => groups[name] !== undefined);
  return kind && { kind, text: groups[kind] ?? '', isJoined };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t' };

function unquoted(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, char: string) => ESCAPES[char] ?? char);
}

/** A name goes on with a character that no name has: nearly always a key with a dash. */
function badCharacter(template: string, at: number, token: Token): TemplateFault {
  const char = template.charAt(at);
  const rest = /^(?:-\w+)+/.exec(template.slice(at, at + 253))?.[0];
  return {
    message: `"${char}" stands after a name without a space`,
    ...(token.kind === 'field' && rest !== undefined && { dashed: token.text + rest }),
  };
}

function faultAt(template: string, at: number): TemplateFault {
  const char = template.charAt(at);
  if (char === '') return { message: 'an action is not closed with "}}"' };
  if (char === "'") return { message: 'a text is in single quotes, where Go wants double ones' };
  if (char === '"' || char === '`') return { message: 'a text is not closed with its quote' };
  return { message: `"${char}" cannot stand here` };
}
