import { oncePerText } from './once.ts';
import { type Hide, hideSecrets } from './secret-text.ts';

/** Stands where a value is not shown. It says nothing about the value, not even its length. */
export const HIDDEN = '(hidden)';

/** The same, of a value that the other side does not have; what stands around it changes too. */
export const CHANGED = '(hidden, changed)';

/** What was hidden before. */
const IS_HIDDEN = /^\(hidden/;

/** Nothing, a switch, or the sign of a block that comes below. */
const SWITCH =
  /^(|~|null|none|true|false|yes|no|on|off|enabled|disabled|\*{1,99}|x{3,99}|[|>][+-]?\d?[+-]?)$/i;

/** Where the secret comes from, or what to put there: `$(VAR)`, `${VAR}`, `$VAR`, `<password>`. */
const REFERENCES =
  /^(\$\([A-Za-z_][\w.-]{0,99}\)|\${1,2}\{[A-Za-z_][\w.]{0,99}\}|\$\{env:\w{1,99}\}|\$[A-Z_][A-Z0-9_]{0,99}|%\([\w.]{1,99}\)s|<[A-Za-z][A-Za-z _-]{0,99}>){1,9}$/;

/** How long something is valid, and where it is mounted. */
const SETTING =
  /^(\d{1,6}(ms|s|m|h|d)|\/(run|var|etc|app|opt|mnt|secrets?|vault|home|tmp|data|usr|srv|config|certs?|keys?)(\/[\w.-]{1,60}){1,9})$/;

/** Whether a value may be shown whatever its name. */
export function isHarmless(value: string): boolean {
  const text = value.trim();
  return [SWITCH, REFERENCES, SETTING, IS_HIDDEN].some(form => form.test(text));
}

/** What a value says of its kind, before the secret: `Bearer …`. */
export const SCHEME: RegExp =
  /^(?:bearer|basic|digest|token|apikey|geniekey|splunk|sso-key|aws4-hmac-sha256) +/i;

/**
 * A value under the name of a secret, as it may be shown; undefined: under this name it says
 * nothing. `masked` is the value with what gives itself away hidden.
 */
export function maskNamed(
  value: string,
  name: string,
  hide: Hide,
  masked: (text: string) => string,
): string | undefined {
  const naming = namingOf(name);
  if (naming === undefined) return undefined;
  if (isHarmless(value)) return value;
  const start = beforeSecret(value, naming);
  const shown = naming === 'connection' ? masked(value) : value;
  if (shown !== value) return shown;
  return value.slice(0, start) + hidden(value.slice(start), hide);
}

/** How much of a value comes before the secret. */
function beforeSecret(value: string, naming: Naming): number {
  const before = naming === 'webhook' ? HOST : SCHEME;
  return before.exec(value)?.[0].length ?? 0;
}

const HOST = /^https?:\/\/[^/\s?#@]{0,255}\/?/i;

function hidden(value: string, hide: Hide): string {
  if (value.includes('{{')) return maskTemplate(value, hide);
  return isHarmless(value) ? value : hide(value);
}

/**
 * What a value under a name is: a secret, a text with a login in it, or an address that lets in
 * whoever knows it. undefined: a setting, or the name of something.
 */
type Naming = 'secret' | 'connection' | 'webhook';

/** Most names have nothing to do with secrets: told at once, for speed. */
const MAY_BE_SECRET =
  /pass|pwd|pw\b|pw[_\d-]|pw$|secret|token|key|cred|auth|bearer|pin|salt|pepper|otp|seed|mnemonic|jwt|pat|psk|sas|sig|cookie|dsn|conn|hook|slack|hmac|wort/i;

/** Whether a text may hold the name of a secret. */
export function mayHoldSecretName(text: string): boolean {
  return MAY_BE_SECRET.test(text);
}

/** No longer name is one that people give. */
const LONGEST = 160;

/** What the name of a value says: `adminPassword`, `DB_PW`, `auth.api-key`, `PIN`; not `tokenTtl`. */
function namingOf(name: string): Naming | undefined {
  return MAY_BE_SECRET.test(name) ? known(name.slice(-LONGEST)) : undefined;
}

/** Whether a value under this name is one that nobody should read. */
export function isSecretName(name: string): boolean {
  return namingOf(name) !== undefined;
}

const known = oncePerText((name: string): Naming | undefined => {
  const words = wordsOf(name);
  const text = words.join(' ');
  if (CONNECTION.test(text)) return 'connection';
  if (WEBHOOK.test(text)) return 'webhook';
  const at = words.findLastIndex((_, index) => strengthAt(words, index) !== undefined);
  const strength = strengthAt(words, at);
  if (strength === undefined || isCounted(words, at)) return undefined;
  const after = words.slice(at + 1);
  const isAnyBut = strength === 'always' || (strength === 'often' && !/[a-z]/.test(name));
  const isSecret = isAnyBut
    ? !after.some(word => SETTINGS.has(word))
    : after.every(word => VARIANTS.has(word));
  return isSecret ? 'secret' : undefined;
});

const CONNECTION = /(^| )(dsn|conn(ection)? ?str(ing)?|jaas config)$/;
const WEBHOOK = /(^| )(webhooks?( (url|uri|address|endpoint))?|slack api url|hook url)$/;

/** `dbPassword`, `DB_PASSWORD_2` and `--db-password` are db and password. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map(word => word.replace(/\d{1,9}$/, ''))
    .filter(word => word !== '');
}

/**
 * How surely a word names a secret: `password` whatever stands around it, `token` unless it is
 * only the beginning of a setting's name, `auth` where it is all there is.
 */
function strengthAt(words: readonly string[], at: number): 'always' | 'often' | 'last' | undefined {
  const [before = '', word = ''] = [words[at - 1], words[at]];
  if (PASSWORD.test(word) && !NO_PASSWORD.test(word)) return 'always';
  if (SECRET.test(word) || KEY.test(word) || (/^keys?$/.test(word) && KEY_OF.test(before)))
    return 'often';
  return WEAK.has(word) ? 'last' : undefined;
}

const PASSWORD = /(pass(word|wd|wort|phrase|code)?|kennwort|pwd)s?$|^.{0,12}pws?$/;
const NO_PASSWORD = /^(by|com|encom|over|sur|tres|under)pass$/;
const SECRET = /(secret|token|credential|cred)s?$|^(jwts?|bearer|authorization)$/;

const OWNERS =
  'access|account|admin|aes|api|app|application|auth|client|consumer|cookie|crypt|crypto|decryption|' +
  'deploy|encryption|fernet|hmac|host|ingest|instrumentation|integration|licen[cs]e|master|private|' +
  'recovery|root|routing|rsa|secret|seal|service|session|shared|sign|signing|ssh|storage|' +
  'subscription|unseal|webhook|write';
/** `key` is a secret behind one of these words. */
const KEY_OF = new RegExp(`^(${OWNERS})$`);
const KEY = new RegExp(`(api|secret|private|access|${OWNERS})keys?$`);

const WEAK = setOf(
  'auth masterauth pin pincode salt pepper seed mnemonic otp totp pat psk sas sig signature cookie cookies hmac',
);

/** A name that counts tokens, or is that of a digest or a kind: `maxTokens`, `checksum/secret`. */
function isCounted(words: readonly string[], at: number): boolean {
  const before = words.slice(0, at);
  if (before.some(word => DIGESTS.has(word)) || OBJECTS.has(before.at(-1) ?? '')) return true;
  return /^tokens?$/.test(words[at] ?? '') && before.some(word => AMOUNTS.has(word));
}

const DIGESTS = setOf('checksum digest sha fingerprint revision hash');
const OBJECTS = setOf('external sealed push');
const AMOUNTS = setOf(
  'max min num count total limit budget prompt completion input output context',
);

/** Behind the word for a secret: still the secret, in some form or of some place. */
const VARIANTS = setOf(
  'value values string text txt data raw plain plaintext clear literal content base b hex pem encoded ' +
    'decoded old new prev previous next current main primary secondary default prod production dev ' +
    'development stage staging test local code',
);

/** Whether a field below one with the name of a secret holds that secret: `password.value`. */
export function isVariant(name: string): boolean {
  const words = wordsOf(name);
  return words.length > 0 && words.every(word => VARIANTS.has(word));
}

/** Behind the word for a secret: something about it. */
const SETTINGS = setOf(
  'age algorithm annotation annotations attempts attribute audience audiences authentication ' +
    'authenticator backend bucket change changed characters charset class complexity config configmap ' +
    'controller count days digits dir directory disable disabled duration enable enabled encryption ' +
    'endpoint engine env expiration expire expires expiry field fields file filename files folder ' +
    'format generator group header headers help hint history host hours id ids interval issuer key ' +
    'keys kind label labels length len lifetime limit limits link location manager max method min ' +
    'minutes mode mount mountpath name names namespace optional path paths period placeholder ' +
    'policies policy prefix prompt property provider reader ref refs request requests required ' +
    'reset resolver retries review reviews role rotation rule schedule scope scopes script seconds ' +
    'selector server size source sources store stores strength suffix symbols template timeout ttl ' +
    'type types uri url urls validation validator version versions volume volumes',
);

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

/** What a Go template reads, with its literal text gone: signs that part it stay. */
export function maskTemplate(text: string, hide: Hide): string {
  const parts = text.split(/(\{\{(?:(?!\{\{|\}\}).){0,4000}\}\})/s);
  const shown = parts.map((part, index) => {
    if (index % 2 === 1) return maskAction(part, hide);
    return /[^\W_]|[^\0-\x7f]/.test(part) ? hide(part) : part;
  });
  return shown.join('');
}

/** Functions whose texts are names, formats or signs. */
const PLAIN =
  /^(index|get|dig|hasKey|pluck|pick|omit|replace|split|splitList|join|trim\w*|filterPEM|filterCertChain|date|toDate|has(Prefix|Suffix)|contains)$/;

/** Texts in an action, one that has no end, a comment, a number: all may be the secret itself. */
const LITERAL =
  /"(?:[^"\\]|\\.){0,4000}"|`[^`]{0,4000}`|'[^']{0,4000}'|\/\*.{0,4000}?\*\/|["`].{1,4000}(?=\}\}$)|(?<![\w.$])\d{4,99}(?![\w.])/gs;

/** Texts inside of an action are literals too. */
function maskAction(action: string, hide: Hide): string {
  return hideSecrets(action, hide).replaceAll(LITERAL, (literal, at: number) => {
    if (/^\d/.test(literal)) return hide(literal);
    if (literal.startsWith('/*')) return `/* ${hide(literal)} */`;
    const isClosed = literal.length > 1 && literal.endsWith(literal[0] ?? '');
    if (!isClosed) return `"${hide(literal)} `;
    return isPlain(literal.slice(1, -1), functionBefore(action, at))
      ? literal
      : `"${hide(literal)}"`;
  });
}

function isPlain(literal: string, name: string): boolean {
  if (/^(%[sdqv]|[^\w\s]|\s){0,32}$/.test(literal)) return true;
  if (/^\.[a-z]{1,16}$/.test(literal)) return true;
  return PLAIN.test(name) && /^[\w.%/-]{0,32}$/.test(literal) && !/\d{3}/.test(literal);
}

/** The function that a text in an action is handed to. */
function functionBefore(action: string, at: number): string {
  const before = action.slice(0, at);
  const start = Math.max(before.lastIndexOf('|'), before.lastIndexOf('('), 1);
  return /[A-Za-z]\w{0,40}/.exec(before.slice(start))?.[0] ?? '';
}
