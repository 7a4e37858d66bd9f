import { oncePerText } from './once.ts';
import { wordsOf } from './secret-text.ts';

/** Whether nobody should read the value under a name: `adminPassword`, `DB_PW_2`, `auth.api-key`, `SENTRY_DSN`. */
export const isSecretName: (name: string) => boolean = oncePerText(name => {
  // People give no longer names.
  const words = wordsOf(name.slice(-160))
    .map(word => word.replace(/\d{1,9}$/, ''))
    .filter(word => word !== '');
  while (VARIANTS.test(words.at(-1) ?? '')) words.pop();
  const [last = '', ...before] = words.toReversed();
  if (OTHERS.test(before[0] ?? '') || before.some(word => AMOUNTS.test(word))) return false;
  return SECRET.test(last) || (/^keys?$/.test(last) && OWNERS.test(before[0] ?? ''));
});

/** Behind the word for a secret: still the secret, in some form or for some place. */
const VARIANTS =
  /^(values?|strings?|text|txt|data|raw|plain|plaintext|clear|literal|content|b|base|hex|pem|encoded|decoded|old|new|prev|previous|next|current|main|primary|secondary|default|prod|production|dev|development|stage|staging|test|local|code)$/;

const SECRET =
  /(passwor[dt]|passwd|passphrase|passcode|kennwort|pwd|secret|token|cred|credential|apikey|accesskey|secretkey|privatekey|(?<!by|com|over|sur|tres|under)pass)s?$|^(.{0,12}pws?|pins?|t?otp|jwts?|salt|pepper|seed|mnemonic|pat|psk|sas|sig|signature|cookies?|hmac|(master)?auth|bearer|authorization|dsn)$/;

/** `key` is a secret behind one of these words. */
const OWNERS =
  /^(access|account|admin|aes|api|app|application|auth|client|consumer|cookie|crypto?|decryption|deploy|encryption|fernet|hmac|host|ingest|integration|licen[cs]e|master|private|recovery|root|rsa|secret|seal|service|session|shared|sign|signing|ssh|storage|subscription|unseal|webhook|write)$/;

/** `external-secrets` is a program, and `maxTokens` a number of words. */
const OTHERS = /^(external|sealed|push|checksum|digest|hash)$/;
const AMOUNTS = /^(max|min|num|count|total|limit|budget|prompt|completion|input|output|context)$/;
