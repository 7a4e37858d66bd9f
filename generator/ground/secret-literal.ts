import { entropy, isRandomWord, secretShape } from './secret-text.ts';

/** Where a text stands. */
export interface TextPlace {
  /** The name it goes by. */
  readonly name: string;
  /** It names something: a secret, a key, a place in a store. */
  readonly isReference: boolean;
}

/** What kind of secret a text holds. */
export function secretIn(text: string, { name, isReference }: TextPlace): string | undefined {
  if (text.length < 6) return undefined;
  const shape = secretShape(text);
  if (shape !== undefined) return shape;
  const isSecret = isReference
    ? isRandomWord(text)
    : isSecretLiteral(text, name) || hasSecretInside(text);
  return isSecret ? 'a secret value' : undefined;
}

/** `--password` before `value`, as arguments of a command. */
export function optionBefore(list: readonly unknown[], index: number): string | undefined {
  const before = list[index - 1];
  return typeof before === 'string' && /^--?[a-z][\w.-]{0,99}$/i.test(before) ? before : undefined;
}

/** `password=…` in a longer text, as in arguments and connection strings; `Bearer …` in a header. */
function hasSecretInside(text: string): boolean {
  const pairs = text.includes('=')
    ? text.matchAll(/\b([a-z][\w.-]{0,63})=['"]?([^\s&;,'"]{1,500})/gi)
    : [];
  for (const [, name = '', value = ''] of pairs) if (isSecretLiteral(value, name)) return true;
  const token = /^(?:Bearer|Basic|Token)\s{1,9}(\S{1,5000})$/i.exec(text)?.[1];
  return token !== undefined && isSecretLiteral(token, 'token');
}

/** Fields whose value is the name of something. */
const REFERENCES = new Set([
  'secret',
  'key',
  'store',
  'from',
  'name',
  'secretKey',
  'secretName',
  'property',
  'field',
  'fieldPath',
  'image',
  'kind',
  'namespace',
  'path',
]);

/** Whether a field names something: `ownerSecret`, `serverTLSSecret` too, but not `clientSecret`. */
export function isReferenceName(name: string): boolean {
  return REFERENCES.has(name) || /^(?!client)[a-z]{1,40}[A-Za-z]{0,60}Secret(Name)?$/.test(name);
}

const PASSWORD = /(password|passwd|pwd|passphrase)$|^(pass|pw)$/;
const SECRET = /(secret|token|apikey|credential)s?$|^(jwt|salt|pat)$/;
/** `key` is a secret behind one of these words. */
const KEY_OF = /^(api|private|access|secret|signing|encryption|master|account|auth|service|admin)$/;

/** Most names have nothing to do with secrets: told at once, for speed. */
const MAY_BE_SECRET = /pass|pwd|pw|secret|token|key|credential|jwt|salt|pat/i;

/** Whether a name may be that of a secret. */
export function mayNameSecret(name: string): boolean {
  return MAY_BE_SECRET.test(name);
}

/** Whether a value under a name is a secret that is written out. */
export function isSecretLiteral(value: string, name: string): boolean {
  if (!mayNameSecret(name)) return false;
  if (value.length < 6 || /[\s<>]|\$[({]|\{\{|^\/|^\.{1,2}\/|^arn:|:\/\//.test(value)) return false;
  const words = wordsOf(name);
  const [last = '', before = ''] = words.toReversed();
  if (words.some(word => /^(checksum|hash|digest|sha\d*)$/.test(word))) return false;
  if (PASSWORD.test(last)) return isPassword(value);
  const isKey = /^keys?$/.test(last) && KEY_OF.test(before);
  return (SECRET.test(last) || isKey) && isRandom(value);
}

/** `dbPassword`, `DB_PASSWORD` and `--db-password` are db and password. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '');
}

/** Anything but words: a password may be short. */
function isPassword(value: string): boolean {
  return !isWords(value) || /^\d{6,}$/.test(value);
}

/** Long, of mixed characters, and not words. */
function isRandom(value: string): boolean {
  if (value.length < 16) return false;
  const changesOfCase = value.match(/[a-z](?=[A-Z])/g)?.length ?? 0;
  if (isWords(value) && changesOfCase / value.length < 0.2) return false;
  return entropy(value) > 3;
}

/** Words and small numbers joined by signs, as names are. */
function isWords(value: string): boolean {
  const words = value.split(/[-_./:,@]/);
  const word = words.length > 1 ? /^([A-Za-z]+\d{0,2}|\d{0,4}|v\d+)$/ : /^([A-Za-z]+|\d+)$/;
  return words.every(part => word.test(part));
}
