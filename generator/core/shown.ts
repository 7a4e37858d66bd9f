import { oncePerText } from './once.ts';
import { hideSecrets, secretIn, wordsOf } from './secret-text.ts';
import { TEMPLATE_FUNCTIONS } from './template/parse.ts';

/** Stands where the value of a secret is not shown. It says nothing about the value, not even its length. */
export const HIDDEN = '(hidden)';

/** Stands in place of a text that is not on the list of what may be shown. */
export function hiddenText(text: string): string {
  const lines = lineCount(text);
  if (lines > 1) return `… (${lines} lines)`;
  return `… (${text.length} character${text.length === 1 ? '' : 's'})`;
}

/** How many lines a text has. A line break at its end begins no further line. */
export function lineCount(text: string): number {
  return text.replace(/\n$/, '').split('\n').length;
}

/** Words of another program as a message may quote them: without secrets, and not too many. */
export function wordsOfProgram(text: string): string {
  const shown = maskMessage(text);
  return shown.length > MOST_OF_MESSAGE ? `${shown.slice(0, MOST_OF_MESSAGE)}…` : shown;
}

const MOST_OF_MESSAGE = 400;

/** A message or a name without what looks like a secret: it may quote any name of a manifest. */
export function maskMessage(text: string): string {
  const paired = text.includes('=')
    ? text.replaceAll(PAIR, (pair: string, name: string) =>
        isSecretName(name) ? `${name}=…` : pair,
      )
    : text;
  const shown = paired.includes('@') ? withoutLogins(paired) : paired;
  return hideSecrets(shown.replaceAll(HEADER, '$1 …'));
}
const HEADER = /\b(bearer|basic) (?=[^\s"']{0,999}\d)[\w+/=~.:-]{6,99999}/gi;

/** `password=…` in a name that is quoted, such as a key of a store. What a reference names may be shown. */
const PAIR = /([A-Za-z_][\w.-]{0,99})=(?!["'$<(]|\\["'])[^\s"'&;,]{1,9999}/g;

/** Addresses without their logins: of a web address all of it may be a token, of others the user may be shown. */
function withoutLogins(text: string): string {
  return text.replaceAll(LOGIN, (login: string, scheme: string, user: string) => {
    const isUser = !/^https?:/i.test(scheme) && !user.includes(':');
    return isUser || REFERENCES.test(user) ? login : `${scheme}…@`;
  });
}

const LOGIN = /\b([a-z][\w+.-]{0,30}:\/\/)([^\s"'/@]{0,500}(?:@[^\s"'/@]{0,200})?)@/gi;

/** Nothing but where a value comes from: `$(VAR)`, `${VAR}`, with signs between. */
const REFERENCES = /^(?:\$\(\w[\w.-]{0,99}\)|\$?\$\{\w[\w.-]{0,99}\}|[:;,./_-]){1,20}$/;

/** Whether a text says nothing: a switch, a size, a duration, a version, a reference, or a word that every program has. */
export function isPlainWord(text: string): boolean {
  const word = text.trim();
  const forms = [AMOUNT, VERSION, FOLDER, DIGEST, TIME_ZONE, REGION, REFERENCES];
  return WORDS.has(word.toLowerCase()) || forms.some(form => form.test(word));
}

/** Switches, levels of logs, environments, protocols and formats, each as people write it in any case. */
const WORDS: ReadonlySet<string> = new Set(
  (
    ' true false yes no on off enabled disabled enable disable none null nil ~ auto default always never ' +
    'trace debug info notice warn warning error fatal critical panic silent verbose ' +
    'dev devel development test testing stage staging qa uat preview prod production local sandbox ' +
    '@yearly @annually @monthly @weekly @daily @midnight @hourly http https grpc tcp udp json yaml text logfmt utf8 utf-8 utc gmt localhost * c c.utf-8'
  ).split(' '),
);

/** A small number, a percentage, a quantity or a duration. A long number may be a card or a PIN. */
const AMOUNT =
  /^[+-]?(?:\d{1,5}(?:\.\d{1,4})?|\d{1,9}(?:\.\d{1,4})?(?:%|m|[kKMGTPE]i?B?)|(?:\d{1,7}(?:\.\d{1,4})?(?:ns|us|µs|ms|s|m|h|d|w|y)){1,4})$/;

/** `1.2.3`, `v2.0.1-rc.1`, `10.0.0.0/8`. */
const VERSION =
  /^v?\d{1,4}(?:\.\d{1,5}){1,3}(?:-(?:rc|alpha|beta)[.-]?\d{0,3}|\/\d{1,2}|:\d{1,5})?$/;

/** Below a folder that every container has. */
const FOLDER =
  /^\/(?:run|var|etc|app|opt|mnt|home|tmp|data|usr|bin|srv|config|certs?)(?:\/[\w.-]{1,60}){0,9}\/?$/;

const DIGEST = /^[\w.:/-]{0,300}@?sha256:[a-f0-9]{64}$/;

const TIME_ZONE =
  /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc)(?:\/[A-Z][A-Za-z_+-]{1,30}\d{0,2}){1,2}$/;

/** `eu-west-1`, and the zones in it. */
const REGION = /^(?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov|-iso)?-[a-z]{4,9}-?\d{1,2}(?:-?[a-f])?$/;

/** A text whose field says that it is a name, a path, an image or an address; undefined: it has another form. */
export function shownName(text: string): string | undefined {
  const address = withoutLogins(text).replace(QUERY, '?…');
  const isSecret = secretIn(address, { name: '', isReference: true }) !== undefined;
  return NAME.test(address.replaceAll(REFERENCE, 'x')) && !isSecret ? address : undefined;
}

/** No spaces, quotes and signs of `name=value`; an `@` only where no password can be before it. */
const NAME =
  /^(?:git@|[\w+.-]{1,30}:\/\/(?:[\w.-]{1,64}|…)@)?[^\s"'`=&;@#]{0,500}(?:@sha\d{3}:\w{1,128})?$/;

/** In a name a default is one too: `${STORE:=vault}`. */
const REFERENCE = /\$\(\w[\w.-]{0,99}\)|\$?\$\{\w[\w.-]{0,99}(?::[=-][\w./-]{0,99})?\}/g;

const QUERY = /\?(?!ref=[\w./-]{1,200}$|version=[\w./-]{1,200}$).{0,99999}$/s;

/** A name that may have spaces in it, as a schedule has, or is a switch: `Prune=false`. */
export function shownPhrase(text: string): string | undefined {
  const words = text
    .split(' ')
    .map(word => (SWITCH.test(word) ? maskMessage(word) : shownName(word)));
  return words.every(word => word !== undefined) ? words.join(' ') : undefined;
}

const SWITCH = /^[A-Za-z]{1,40}=[a-z]{1,12}(?:,[A-Za-z]{1,40}=[a-z]{1,12}){0,20}$/;

type IsKnown = (name: string) => boolean;

/** The parts of a text that may be shown: what it reads, and its host if the repository knows that name. */
export function shownParts(text: string, isKnown: IsKnown): string | undefined {
  const reads = [...text.matchAll(READ)];
  if (reads.length > 0) return partsAround(text, reads, isKnown);
  const [, scheme, login = '', host = '', rest = ''] = ADDRESS.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  if (!isKnown(host.replace(/:\d{1,5}$/, '').toLowerCase())) return `${scheme}://…`;
  return `${scheme}://${login === '' ? '' : '…@'}${host}${rest.length > 1 ? '…' : rest}`;
}

const READ = /\{\{(?:(?!\{\{|\}\}).){0,4000}\}\}|\$\(\w[\w.-]{0,99}\)|\$\{\w[\w.-]{0,99}\}/gs;

const ADDRESS =
  /^([a-z][a-z0-9+.-]{1,30}(?::[a-z]{1,20})?):\/\/([^\s/@]{0,500}@)?([A-Za-z0-9.-]{1,253}(?::\d{1,5})?)([/?#].{0,99999})?$/s;

function partsAround(text: string, reads: readonly RegExpExecArray[], isKnown: IsKnown): string {
  let [shown, from] = ['', 0];
  for (const { index, 0: read } of reads) {
    shown +=
      hiddenPart(text.slice(from, index), isKnown) + (read.startsWith('{{') ? readsOf(read) : read);
    from = index + read.length;
  }
  return shown + hiddenPart(text.slice(from), isKnown);
}

function hiddenPart(text: string, isKnown: IsKnown): string {
  if (/^(?:[a-z][a-z0-9+.:-]{1,40}:\/\/|[\s!-/:-@[-`{-~]{0,4})$/.test(text)) return text;
  const [at, host] = /^@([a-z][a-z0-9.-]{0,252})(?::\d{1,5})?(?=[/?#]|$)/i.exec(text) ?? [];
  if (at === undefined || host === undefined || !isKnown(host.toLowerCase())) return '…';
  return at === text ? at : `${at}…`;
}

/** An action of a template without its literal texts, any of which may be a password. */
function readsOf(action: string): string {
  return action.replaceAll(TOKEN, (token, at: number) => {
    if (/^[A-Za-z_]/.test(token)) return isOfTemplates(token) ? token : '…';
    return INDEXED.test(action.slice(0, at)) ? token : '"…"';
  });
}

/** A comment, a text, also one that does not end, a long number, and a word. */
const TOKEN =
  /\/\*.{0,4000}?(?:\*\/|(?=\}\}$))|"(?:[^"\\]|\\.){0,4000}?(?:"|(?=\}\}$))|`[^`]{0,4000}?(?:`|(?=\}\}$))|'[^']{0,4000}?(?:'|(?=\}\}$))|(?<![\w.$-])(?:\d{4,99}|[A-Za-z_]\w{0,253})/gs;

/** `index . "key"` reads that key. */
const INDEXED = /\bindex\s{1,9}[.$]\s{1,9}$/;

function isOfTemplates(word: string): boolean {
  return TEMPLATE_FUNCTIONS.has(word) || /^(if|else|end|range|with|true|false|nil)$/.test(word);
}

/** Whether nobody should read the value under a name: `adminPassword`, `DB_PW_2`, `auth.api-key`, `SENTRY_DSN`. */
export const isSecretName: (name: string) => boolean = oncePerText(name => {
  // People give no longer names.
  const words = wordsOf(name.slice(-160)).flatMap(word => word.replace(/\d{1,9}$/, '') || []);
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
