import { oncePerText } from './once.ts';

/** Whether nobody should read the value under a name: `adminPassword`, `DB_PW`, `auth.api-key`, `SENTRY_DSN`. */
export function isSecretName(name: string): boolean {
  return MAY_BE_SECRET.test(name) && namesSecret(name.slice(-LONGEST));
}

/** No name without one of these has to do with secrets: for speed. */
const MAY_BE_SECRET =
  /pass|pwd|pw\b|pw[_\d-]|pw$|secret|token|key|cred|auth|bearer|pin|salt|pepper|otp|seed|mnemonic|jwt|pat|psk|sas|sig|cookie|dsn|conn|hook|slack|hmac|wort/i;

/** People give no longer names. */
const LONGEST = 160;

const namesSecret = oncePerText((name: string): boolean => {
  const words = wordsOf(name);
  if (CONNECTION.test(words.join(' '))) return true;
  const at = words.findLastIndex((_, index) => strengthAt(words, index) !== undefined);
  const strength = strengthAt(words, at);
  if (strength === undefined || isCounted(words, at)) return false;
  const after = words.slice(at + 1);
  const isSecretUnlessSetting =
    strength === 'always' || (strength === 'often' && !/[a-z]/.test(name));
  return isSecretUnlessSetting
    ? !after.some(word => SETTINGS.has(word))
    : after.every(word => VARIANTS.has(word));
});

/** A text with a login in it, or an address that lets in whoever knows it. */
const CONNECTION =
  /(^| )(dsn|conn(ection)? ?str(ing)?|jaas config|webhooks?( (url|uri|address|endpoint))?|slack api url|hook url)$/;

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

/** Whether a name counts tokens, or is that of a digest or a kind: `maxTokens`, `checksum/secret`. */
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

/** Behind the word for a secret: still the secret, in some form or for some place. */
const VARIANTS = setOf(
  'value values string text txt data raw plain plaintext clear literal content base b hex pem encoded ' +
    'decoded old new prev previous next current main primary secondary default prod production dev ' +
    'development stage staging test local code',
);

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}
