import { onceFor, oncePerText } from '../once.ts';

/** A template as a tree: text, actions, and branches with their bodies. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | BranchNode;

export interface BranchNode {
  readonly kind: Branch;
  readonly pipeline: Pipeline;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
}

type Branch = 'if' | 'with' | 'range' | 'define' | 'block';

export interface Template {
  readonly nodes: readonly TemplateNode[];
  /** The first thing that Go does not parse; the nodes end before it. */
  readonly fault?: TemplateFault;
}

/** `$x := .a | f "b"`: the variables it sets, and commands of operands. */
export interface Pipeline {
  readonly variables: readonly string[];
  readonly commands: readonly (readonly Operand[])[];
}

/** A value in a command, with the fields that are read of it, as in `.a.b` or `(f .a).b`. */
export type Operand =
  | {
      readonly kind: 'dot' | 'variable' | 'function';
      readonly name: string;
      readonly fields: readonly string[];
    }
  | { readonly kind: 'text' | 'literal'; readonly text: string }
  | { readonly kind: 'group'; readonly pipeline: Pipeline; readonly fields: readonly string[] };

/** Reads a template of Go's text/template with the functions of ESO (v2). Both sides of a diff have most of them. */
export const parseTemplate: (template: string) => Template = oncePerText(template =>
  parseTemplateWith(template, TEMPLATE_FUNCTIONS),
);

/** Reads a template of Go's text/template with these functions. */
export function parseTemplateWith(template: string, functions: ReadonlySet<string>): Template {
  const nodes: TemplateNode[] = [];
  const state: State = { open: [{ nodes }], declared: new Set(['$']), functions };
  for (const piece of templatePieces(template)) {
    const fault = 'fault' in piece ? piece.fault : addPiece(state, piece);
    if (fault !== undefined) return { nodes, fault };
  }
  const last = state.open.at(-1)?.branch;
  return last === undefined ? { nodes } : { nodes, fault: { message: `"${last}" has no "end"` } };
}

/** A branch that is open; the outermost frame is the template. */
interface Frame {
  readonly nodes: TemplateNode[];
  readonly branch?: Branch;
  /** The "end" of the branch before it ends it too, as with `else if`. */
  readonly isElse?: boolean;
  hasElse?: boolean;
}

/** The open frames, the outermost first, and all variables so far, whether they have ended or not. */
interface State {
  readonly open: Frame[];
  readonly declared: Set<string>;
  readonly functions: ReadonlySet<string>;
}

/** How deep templates may nest: nobody writes more, and the stack is deep enough. */
const MOST_NESTED = 500;

const tooDeep: TemplateFault = { message: `it is nested more than ${MOST_NESTED} deep` };

function addPiece(
  state: State,
  piece: { readonly text: string } | { readonly action: readonly Token[] },
): TemplateFault | undefined {
  const frame = state.open.at(-1);
  if ('text' in piece) {
    frame?.nodes.push({ kind: 'text', text: piece.text });
    return undefined;
  }
  const [first, ...rest] = piece.action;
  const word = first?.kind === 'word' ? first.text : '';
  if (word === 'end') return endBranch(state, rest);
  if (word === 'else') return addElse(state, rest);
  if (isBranch(word)) return openBranch(state, word, rest);
  if (word === 'template' || word === 'break' || word === 'continue') return undefined;
  const pipeline = parsePipeline(piece.action, state);
  if ('message' in pipeline) return pipeline;
  frame?.nodes.push({ kind: 'action', pipeline });
  return undefined;
}

function isBranch(word: string): word is Branch {
  return ['if', 'with', 'range', 'define', 'block'].includes(word);
}

/** Each branch is two frames: what is done otherwise, and its body above it. */
function openBranch(state: State, branch: Branch, tokens: readonly Token[], isElse = false) {
  const { open } = state;
  if (open.length > 2 * MOST_NESTED) return tooDeep;
  const isNamed = branch === 'define' || branch === 'block';
  const rest = isNamed ? tokens.slice(1) : tokens;
  const pipeline =
    isNamed && rest.length === 0 ? { variables: [], commands: [] } : parsePipeline(rest, state);
  if ('message' in pipeline) return pipeline;
  const body: TemplateNode[] = [];
  const otherwise: TemplateNode[] = [];
  open.at(-1)?.nodes.push({ kind: branch, pipeline, body, otherwise });
  open.push({ nodes: otherwise, branch, isElse }, { nodes: body, branch, isElse });
  return undefined;
}

function endBranch({ open }: State, rest: readonly Token[]): TemplateFault | undefined {
  if (rest.length > 0) return { message: 'there is more after "end"' };
  if (open.length === 1) return { message: '"end" has no beginning' };
  for (;;) {
    const frame = open.pop();
    if (frame?.hasElse !== true) open.pop();
    if (frame?.isElse !== true) return undefined;
  }
}

function addElse(state: State, rest: readonly Token[]): TemplateFault | undefined {
  const { open } = state;
  const frame = open.at(-1);
  if (frame?.branch === undefined || frame.hasElse === true)
    return { message: '"else" is in no "if", "with" or "range"' };
  open.pop();
  const outer = open.at(-1);
  if (outer !== undefined) outer.hasElse = true;
  const [first, ...tokens] = rest;
  if (first === undefined) return undefined;
  if (first.kind === 'word' && (first.text === 'if' || first.text === 'with'))
    return openBranch(state, first.text, tokens, true);
  return { message: 'there is more after "else"' };
}

interface Cursor extends Omit<State, 'open'> {
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
}

/** Reads what an action does, as Go does (text/template/parse, parse.go); notes the variables it sets. */
function parsePipeline(tokens: readonly Token[], state: State): Pipeline | TemplateFault {
  const cursor: Cursor = { ...state, tokens, at: 0, depth: 0 };
  const pipeline = pipelineAt(cursor);
  if ('message' in pipeline || cursor.at >= tokens.length) return pipeline;
  return { message: '")" has no "("' };
}

function pipelineAt(cursor: Cursor): Pipeline | TemplateFault {
  const variables = variablesAt(cursor);
  const commands: Operand[][] = [];
  for (;;) {
    const command = commandAt(cursor);
    if (!Array.isArray(command)) return command;
    // Go lets a "|" at the end through.
    const isAtEnd = commands.length > 0 && cursor.at >= cursor.tokens.length;
    if (isAtEnd && command.length === 0) return { variables, commands };
    const fault = commandFault(command, commands.length === 0);
    if (fault !== undefined) return fault;
    commands.push(command);
    if (signAt(cursor) !== '|') return { variables, commands };
    cursor.at += 1;
  }
}

function commandFault([first]: readonly Operand[], isFirst: boolean): TemplateFault | undefined {
  if (first === undefined) return { message: 'a value is missing in an action' };
  const isCallable =
    first.kind === 'dot'
      ? first.fields.length > 0
      : first.kind !== 'text' && first.kind !== 'literal';
  return isFirst || isCallable ? undefined : { message: 'what follows "|" is no function' };
}

function variablesAt(cursor: Cursor): string[] {
  const names: string[] = [];
  for (let at = cursor.at; ; at += 2) {
    const [variable, sign] = cursor.tokens.slice(at, at + 2);
    if (variable?.kind !== 'variable' || sign?.kind !== 'sign') return [];
    names.push(variable.text);
    if (sign.text === ',') continue;
    if (sign.text !== ':=' && sign.text !== '=') return [];
    cursor.at = at + 2;
    for (const name of names) cursor.declared.add(name);
    return names;
  }
}

function signAt({ tokens, at }: Cursor): string | undefined {
  const token = tokens[at];
  return token?.kind === 'sign' ? token.text : undefined;
}

function commandAt(cursor: Cursor): Operand[] | TemplateFault {
  const command: Operand[] = [];
  for (;;) {
    const sign = signAt(cursor);
    if (cursor.at >= cursor.tokens.length || sign === '|' || sign === ')') return command;
    const operand = operandAt(cursor);
    if ('message' in operand) return operand;
    command.push(operand);
  }
}

function operandAt(cursor: Cursor): Operand | TemplateFault {
  const token = cursor.tokens[cursor.at];
  const [kind, text] = [token?.kind, token?.text ?? ''];
  cursor.at += 1;
  if (kind === 'text' || kind === 'literal') return { kind, text };
  if (kind === 'dot') return { kind, name: '.', fields: [] };
  if (kind === 'field') return { kind: 'dot', name: '.', fields: [text, ...fieldsAt(cursor)] };
  if (kind === 'word') return wordOperand(text, cursor);
  if (kind === 'sign' && text === '(') return groupAt(cursor);
  if (kind !== 'variable') return { message: `"${text}" cannot stand here` };
  if (!cursor.declared.has(text)) return { message: `there is no variable "${text}"` };
  return { kind, name: text, fields: fieldsAt(cursor) };
}

function wordOperand(name: string, cursor: Cursor): Operand | TemplateFault {
  if (['true', 'false', 'nil'].includes(name)) return { kind: 'literal', text: name };
  if (!cursor.functions.has(name))
    return { message: `there is no function "${name}"`, unknownFunction: name };
  return { kind: 'function', name, fields: fieldsAt(cursor) };
}

function groupAt(cursor: Cursor): Operand | TemplateFault {
  cursor.depth += 1;
  const pipeline = cursor.depth > MOST_NESTED ? tooDeep : pipelineAt(cursor);
  cursor.depth -= 1;
  if ('message' in pipeline) return pipeline;
  if (signAt(cursor) !== ')') return { message: '"(" is not closed' };
  cursor.at += 1;
  return { kind: 'group', pipeline, fields: fieldsAt(cursor) };
}

function fieldsAt(cursor: Cursor): string[] {
  const fields: string[] = [];
  for (;;) {
    const token = cursor.tokens[cursor.at];
    if (token?.kind !== 'field' || !token.isJoined) return fields;
    fields.push(token.text);
    cursor.at += 1;
  }
}

/** Go's own (text/template, funcs.go). */
const GO =
  'and call eq ge gt html index js le len lt ne not or print printf println slice urlquery';

/** ESO's own (runtime/template/v2/template.go, 1.3.2 to 2.9). */
const ESO =
  'certSANs filterCertChain filterPEM fromYaml fullPemToPkcs12 fullPemToPkcs12Pass jwkPrivateKeyPem jwkPublicKeyPem pemToPkcs12 pemToPkcs12Pass pemTruststoreToPKCS12 pemTruststoreToPKCS12Pass pkcs12cert pkcs12certPass pkcs12key pkcs12keyPass rsaDecrypt toYaml';

/** Those of sprig 3.3 and of ESO's copy of it, without `env` and `expandenv`, which ESO takes away. */
const SPRIG = `abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec
 b64enc base bcrypt biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains
 date dateInZone dateModify date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword
 dict dig dir div divf duration durationRound empty encryptAES ext fail first float64 floor fromJson genCA
 genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey
 get getHostByName has hasKey hasPrefix hasSuffix hello hexdec htmlDate htmlDateInZone htpasswd indent
 initial initials int int64 isAbs join kebabcase keys kindIs kindOf last list lower max maxf merge
 mergeOverwrite min minf mod mul mulf mustAppend mustChunk mustCompact mustDateModify mustDeepCopy mustFirst
 mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite mustPrepend mustPush mustRegexFind
 mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest
 mustReverse mustSlice mustToDate mustToJson mustToPrettyJson mustToRawJson mustUniq mustWithout
 must_date_modify nindent nospace now omit osBase osClean osDir osExt osIsAbs pick pluck plural prepend push
 quote randAlpha randAlphaNum randAscii randBytes randInt randNumeric regexFind regexFindAll regexMatch
 regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace rest reverse round semver
 semverCompare seq set sha1sum sha256sum sha512sum shuffle slice snakecase sortAlpha split splitList splitn
 squote sub subf substr swapcase ternary title toDate toDecimal toJson toPrettyJson toRawJson toString
 toStrings trim trimAll trimPrefix trimSuffix trimall trunc tuple typeIs typeIsLike typeOf uniq unixEpoch
 unset until untilStep untitle upper urlJoin urlParse uuidv4 values without wrap wrapWith`;

export const TEMPLATE_FUNCTIONS: ReadonlySet<string> = new Set(
  `${GO} ${ESO} ${SPRIG}`.split(/\s+/),
);

/** All that a template of Argo CD may call (argo-cd 3.5, docs/operator-manual/applicationset/GoTemplate.md). */
export const ARGOCD_TEMPLATE_FUNCTIONS: ReadonlySet<string> = new Set(
  `${GO} ${SPRIG} normalize slugify toYaml fromYaml fromYamlArray`.split(/\s+/),
);

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

export type Piece =
  | { readonly text: string }
  | { readonly action: readonly Token[] }
  | { readonly fault: TemplateFault };

/** Cuts a template into text and the tokens of actions, as Go's lex.go. The last piece may be a fault. */
export function templatePieces(template: string): Piece[] {
  const pieces: Piece[] = [];
  const tokens = /[^\0-\x7f]/.test(template) ? anyToken() : ASCII_TOKEN;
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

/** What an action in ASCII may hold. A name ends at a space, a dot or one of a few signs (atTerminator). */
const ASCII_TOKEN =
  /(?<space>\s+)|"(?<quoted>(?:[^"\\\n]|\\[^\n])*)"|`(?<raw>[^`]*)`|(?<char>'(?:[^'\\\n]|\\[^\n']{1,10}|\\')')|\.(?<field>[a-zA-Z_][a-zA-Z0-9_]*)|(?<variable>\$\w*)|(?<number>[+-]?(?:\d|\.\d)[\w.]*)|(?<word>[a-zA-Z_][a-zA-Z0-9_]*)|(?<dot>\.)(?=[\s.,|:)(]|$|\}\})|(?<sign>:=|[=(),|])/uy;

/** The letters of every script: to compile them takes a tenth of a short run. */
const anyToken = onceFor(() => {
  const source = ASCII_TOKEN.source.replaceAll('a-zA-Z0-9', '\\p{L}\\p{N}');
  return new RegExp(source.replaceAll('a-zA-Z', '\\p{L}'), ASCII_TOKEN.flags);
});

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

function tokenOf(groups: Readonly<Record<string, string | undefined>>, isJoined: boolean) {
  const { quoted, raw, char, number } = groups;
  if (quoted !== undefined || raw !== undefined)
    return { kind: 'text', text: raw ?? unquoted(quoted ?? ''), isJoined } as const;
  if (char !== undefined || number !== undefined)
    return { kind: 'literal', text: char ?? number ?? '', isJoined } as const;
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
