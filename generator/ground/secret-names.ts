import { entropy } from './secret-text.ts';

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
