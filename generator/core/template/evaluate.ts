import { isMap, isSame, type Json } from '../json.ts';
import type { TemplateFault, Token } from './tokens.ts';

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

/** All that a template of ESO may call. */
export const TEMPLATE_FUNCTIONS: ReadonlySet<string> = new Set(
  `${GO} ${ESO} ${SPRIG}`.split(/\s+/),
);

/**
 * All that a template of Argo CD may call (argo-cd 3.5,
 * docs/operator-manual/applicationset/GoTemplate.md): those of sprig and some of its own.
 */
export const ARGOCD_TEMPLATE_FUNCTIONS: ReadonlySet<string> = new Set(
  `${GO} ${SPRIG} normalize slugify toYaml fromYaml fromYamlArray`.split(/\s+/),
);

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
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'group'; readonly pipeline: Pipeline; readonly fields: readonly string[] };

/** The place in an action that is read. */
interface Cursor {
  readonly tokens: readonly Token[];
  /** The variables so far. */
  readonly declared: Set<string>;
  /** The functions that there are. */
  readonly functions: ReadonlySet<string>;
  at: number;
  /** How many parentheses are open. */
  depth: number;
}

/** How deep a template is followed: beyond what anyone writes, and far from the end of the stack. */
export const MOST_NESTED = 500;

/** It is nested deeper than that. */
export const tooDeep: TemplateFault = { message: `it is nested more than ${MOST_NESTED} deep` };

/** Reads what an action does, as Go does (text/template/parse, parse.go); notes the variables it sets. */
export function parsePipeline(
  tokens: readonly Token[],
  declared: Set<string>,
  functions: ReadonlySet<string>,
): Pipeline | TemplateFault {
  const cursor: Cursor = { tokens, declared, functions, at: 0, depth: 0 };
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
    const fault = commandFault(command, commands.length);
    // A "|" at the end is let through.
    const isOver = commands.length > 0 && cursor.at >= cursor.tokens.length;
    if (fault !== undefined)
      return isOver && command.length === 0 ? { variables, commands } : fault;
    commands.push(command);
    if (signAt(cursor) !== '|') return { variables, commands };
    cursor.at += 1;
  }
}

function commandFault([first]: readonly Operand[], stage: number): TemplateFault | undefined {
  if (first === undefined) return { message: 'a value is missing in an action' };
  return stage === 0 || isCallable(first)
    ? undefined
    : { message: 'what follows "|" is no function' };
}

function isCallable(operand: Operand): boolean {
  if (operand.kind === 'dot') return operand.fields.length > 0;
  return operand.kind !== 'text' && operand.kind !== 'literal';
}

/** `$k, $v :=`, which may stand before a pipeline. */
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
  cursor.at += 1;
  switch (token?.kind) {
    case 'text':
      return { kind: 'text', text: token.text };
    case 'literal':
      return { kind: 'literal', text: token.text };
    case 'dot':
      return { kind: 'dot', name: '.', fields: [] };
    case 'field':
      return { kind: 'dot', name: '.', fields: [token.text, ...fieldsAt(cursor)] };
    case 'variable':
      return variableOperand(token.text, cursor);
    case 'word':
      return wordOperand(token.text, cursor);
    default:
      return token?.text === '('
        ? groupAt(cursor)
        : { message: `"${token?.text ?? ''}" cannot stand here` };
  }
}

function variableOperand(name: string, cursor: Cursor): Operand | TemplateFault {
  if (!cursor.declared.has(name)) return { message: `there is no variable "${name}"` };
  return { kind: 'variable', name, fields: fieldsAt(cursor) };
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

type Call = (given: readonly Json[]) => Json | undefined;

/** Lists can be joined into texts without end, and texts split into lists. */
const MOST = 1_000;

/** What Go takes for true: no zero, no empty text, list or map (text/template, IsTrue). */
export function isTrue(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return value !== null && value !== false && value !== 0 && value !== '';
}

/** A value as Go prints it, where it is one that has a plain text. */
export function printed(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** A function of texts: undefined for anything else, or another number of them. */
function ofTexts(number: number, call: (...texts: string[]) => Json | undefined): Call {
  return given => {
    const texts = given.filter(value => typeof value === 'string');
    return texts.length === number && given.length === number ? call(...texts) : undefined;
  };
}

/** Functions of Go and sprig, with what comes through the pipe last (sprig 3.3). */
export const VALUE_FUNCTIONS: Readonly<Record<string, Call>> = {
  lower: ofTexts(1, text => text.toLowerCase()),
  upper: ofTexts(1, text => text.toUpperCase()),
  trim: ofTexts(1, text => text.trim()),
  nospace: ofTexts(1, text => text.replaceAll(/\s/g, '')),
  trimPrefix: ofTexts(2, (start, text) =>
    text.startsWith(start) ? text.slice(start.length) : text,
  ),
  trimSuffix: ofTexts(2, (end, text) =>
    text.endsWith(end) && end !== '' ? text.slice(0, -end.length) : text,
  ),
  replace: ofTexts(3, (old, fresh, text) => (old === '' ? undefined : text.replaceAll(old, fresh))),
  base: ofTexts(1, text => text.split('/').findLast(step => step !== '') ?? '.'),
  contains: ofTexts(2, (part, text) => text.includes(part)),
  hasPrefix: ofTexts(2, (start, text) => text.startsWith(start)),
  hasSuffix: ofTexts(2, (end, text) => text.endsWith(end)),
  splitList: ofTexts(2, (separator, text) => text.split(separator).slice(0, MOST)),
  join: ([separator, list]) => joined(separator, list),
  printf: ([format, ...values]) => formatted(format, values),
  print: given => (given.every(isText) ? given.join('') : undefined),
  quote: ofTexts(1, text => JSON.stringify(text)),
  toString: (given: readonly Json[]) => printed(given[0]),
  index: ([value, ...steps]) => indexed(value, steps),
  first: ([list]) => (Array.isArray(list) ? list[0] : undefined),
  last: ([list]) => (Array.isArray(list) ? list.at(-1) : undefined),
  dig: given => dug(given),
  default: ([usual, value]) => (value !== undefined && isTrue(value) ? value : usual),
  coalesce: given => given.find(isTrue),
  ternary: ([yes, no, test]) => (typeof test === 'boolean' ? (test ? yes : no) : undefined),
  eq: ([first, ...others]) =>
    others.length > 0 ? others.some(other => isSame(first, other)) : undefined,
  ne: ([first, other]) => (other === undefined ? undefined : !isSame(first, other)),
  not: ([value]) => (value === undefined ? undefined : !isTrue(value)),
  and: given => given.find(value => !isTrue(value)) ?? given.at(-1),
  or: given => given.find(isTrue) ?? given.at(-1),
  normalize: ofTexts(1, normalized),
};

function isText(value: Json): value is string {
  return typeof value === 'string';
}

function joined(separator: Json | undefined, list: Json | undefined): string | undefined {
  if (typeof separator !== 'string' || !Array.isArray(list) || list.length > MOST) return undefined;
  return list.every(isText) ? list.join(separator) : undefined;
}

/** A format whose verbs are only those that print a value as it is. */
function formatted(format: Json | undefined, values: readonly Json[]): string | undefined {
  if (typeof format !== 'string') return undefined;
  const pieces = format.split(/%[sdv]/);
  const texts = values.map(printed);
  if (pieces.length !== values.length + 1 || pieces.some(piece => piece.includes('%')))
    return undefined;
  if (texts.some(text => text === undefined)) return undefined;
  return pieces.map((piece, index) => `${piece}${texts[index] ?? ''}`).join('');
}

function indexed(value: Json | undefined, steps: readonly Json[]): Json | undefined {
  let found = value;
  for (const step of steps) {
    if (typeof step === 'number') found = Array.isArray(found) ? found[step] : undefined;
    else
      found = isText(step) && isMap(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}

/** `dig "a" "b" DEFAULT MAP`. */
function dug(given: readonly Json[]): Json | undefined {
  const [map, usual] = [given.at(-1), given.at(-2)];
  const steps = given.slice(0, -2);
  return isMap(map) && steps.every(isText) ? (indexed(map, steps) ?? usual) : undefined;
}

/** A text as a name of DNS, as Argo CD makes it (argo-cd 3.5, applicationset/utils, SanitizeName). */
export function normalized(text: string): string {
  const plain = text.toLowerCase().replaceAll(/[^-a-z0-9.]/g, '-');
  return plain.slice(0, 253).replaceAll(/^[-.]{1,253}|[-.]{1,253}$/g, '');
}
