import { words } from './json.ts';

/** The field that a text is in. */
export interface TextPlace {
  readonly name: string;
  /** The field names something (a Secret, a key, a path of a store), so its text is rarely a secret. */
  readonly isReference: boolean;
}

/** The kind of secret that a text holds, as `a token`; undefined: none that we recognize. */
export function secretIn(text: string, { name, isReference }: TextPlace): string | undefined {
  if (text.length < 6) return undefined;
  const shape = secretShape(text);
  if (shape !== undefined) return shape;
  const isSecret = isReference
    ? isRandomWord(text)
    : isSecretLiteral(text, name) || hasSecretInside(text);
  return isSecret ? 'a secret value' : undefined;
}

function secretShape(text: string): string | undefined {
  if (text.length < SHORTEST) return undefined;
  const issued = issuedShape(text);
  if (issued !== undefined) return issued;
  return text.includes('://') && URL_PASSWORD.test(text) ? 'a URL with a password' : undefined;
}

/** No token or URL with a password is shorter. */
const SHORTEST = 10;

/** A token that somebody issued, or a private key: nobody writes these as an example. */
export function issuedShape(text: string): string | undefined {
  if (TOKEN.test(text)) return 'a token';
  return PRIVATE_KEY.test(text) ? 'a private key' : undefined;
}

/** Tokens with a prefix, as their issuers document it; test/make/secret-values.test.ts has examples of each. */
const TOKENS = [
  'sk-(?:ant|proj|or|svcacct|admin|lf)-[\\w-]{16,}', // Anthropic, OpenAI, OpenRouter, Langfuse
  'sk-(?=[A-Za-z]{0,60}\\d)[A-Za-z0-9]{20,}', // OpenAI, DeepSeek
  '[rs]k_(?:live|test)_[A-Za-z0-9]{10,}', // Stripe
  'whsec_[A-Za-z0-9+/=]{20,}',
  'pk_live_[A-Za-z0-9]{20,}',
  'gsk_[A-Za-z0-9]{20,}', // Groq
  'csk-[A-Za-z0-9]{20,}', // Cerebras
  'xai-[A-Za-z0-9]{20,}',
  'pplx-[A-Za-z0-9]{20,}',
  'r8_[A-Za-z0-9]{20,}', // Replicate
  'hf_[A-Za-z0-9]{20,}',
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}', // AWS
  'gh[opusr]_[A-Za-z0-9]{20,}',
  'github_pat_\\w{20,}',
  'gl(?:pat|dt|rt|ptt|soat|cbt|ft|imt|agent|oas)-[\\w-]{16,}', // GitLab
  'ATATT3[\\w=-]{20,}', // Atlassian
  'ATBB[A-Za-z0-9]{24,}',
  'xox[abeprs]-[A-Za-z0-9-]{10,}', // Slack
  'xapp-\\d-[A-Za-z0-9-]{10,}',
  'AIza[\\w-]{30,}', // Google
  'GOCSPX-[\\w-]{20,}',
  'ya29\\.[\\w-]{20,}',
  'npm_[A-Za-z0-9]{30,}',
  'pypi-AgE[\\w-]{20,}',
  'rubygems_[a-f0-9]{40,}',
  'dckr_(?:pat|oat)_[\\w-]{20,}',
  'do[opr]_v1_[a-f0-9]{40,}', // DigitalOcean
  'hv[sbr]\\.[\\w-]{20,}', // Vault
  'dp\\.(?:pt|st|ct|sa)\\.[\\w.-]{30,}', // Doppler
  'SG\\.[\\w-]{16,64}\\.[\\w-]{16,}', // SendGrid
  'SK[a-f0-9]{32}', // Twilio
  'key-[a-f0-9]{32}', // Mailgun
  '[a-f0-9]{32}-us\\d{1,2}', // Mailchimp
  'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}',
  'sq0(?:atp|csp)-[\\w-]{20,}',
  'EAAA[\\w-]{50,}',
  'NRAK-[A-Z0-9]{27}',
  'gl(?:sa|c)_[A-Za-z0-9+/=_]{30,}', // Grafana
  'sntr[yu]s_[\\w+/=-]{30,}',
  'phx_[A-Za-z0-9]{30,}',
  'lin_api_[A-Za-z0-9]{30,}',
  'ntn_[A-Za-z0-9]{30,}',
  'secret_[A-Za-z0-9]{40,}',
  'figd_[\\w-]{30,}',
  'sbp_[a-f0-9]{40}',
  'pscale_(?:pw|tkn|oauth)_[\\w.-]{30,}',
  'tskey-[a-z]{1,20}-[\\w-]{20,}',
  'dapi[a-f0-9]{32}', // Databricks
  'AGE-SECRET-KEY-1[A-Z0-9]{50,}',
  'eyJ[\\w-]{8,2000}\\.eyJ[\\w-]{8,}(?:\\.[\\w-]*)?', // a JSON web token
  '\\d{8,10}:AA[\\w-]{32,}', // Telegram
];

const TOKEN = new RegExp(
  `(?<![A-Za-z0-9_])(?:${TOKENS.join('|')})|https://hooks\\.slack\\.com/services/T[A-Za-z0-9/]{20,}`,
);

/** A private key as PEM, with a part of the key: a script may look for the first line alone. */
const PEM =
  '-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\\s"\'+,]|\\\\[nr]){0,200}(?:Proc-Type|Version|Comment|[A-Za-z0-9+/=]{16})';

const ENCODED_PEM =
  'LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFUR|BFQyBQUklWQVRF|BPUEVOU1NIIFBSSVZBVE|BFTkNSWVBURUQgUFJJVkFUR|BEU0EgUFJJVkFUR)';

const PRIVATE_KEY = new RegExp(`${PEM}|${ENCODED_PEM}`);

/** `scheme://user:password@` with a password written out: no reference, template, placeholder or port. */
const URL_PASSWORD =
  /[a-z][a-z0-9+.-]{0,30}:\/\/(?:\{\{[^}]{0,200}\}\}|\$\([^)]{0,200}\)|\$\{[^}]{0,200}\}|[^\s/:@]){0,200}:(?!\$[({]|\{|%[(sv]|<|\*+@|\(hidden|\d{1,5}(?:[/?#,;]|$))[^\s@"']{1,500}@/i;

function isRandomWord(word: string): boolean {
  if (word.length < 24 || word.length > 4096 || !/^[\w+/=~.-]+$/.test(word)) return false;
  if (!/[a-z]/.test(word) || !/[A-Z]/.test(word) || !/\d/.test(word)) return false;
  const switches = word.match(/[a-z](?=[A-Z\d])|[A-Z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  return switches / word.length > 0.2 && entropy(word) > 3.8;
}

/** Shannon entropy in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()]
    .map(count => count / text.length)
    .reduce((bits, share) => bits - share * Math.log2(share), 0);
}

/** Whether a value under a name is a secret that is written out. */
export function isSecretLiteral(value: string, name: string): boolean {
  if (!mayNameSecret(name)) return false;
  if (value.length < 6 || /[\s<>]|\$[({]|\{\{|^\/|^\.{1,2}\/|^arn:|:\/\//.test(value)) return false;
  const words = wordsOf(name);
  const [last = '', before = ''] = words.toReversed();
  if (words.some(word => /^(checksum|hash|digest|sha\d*)$/.test(word))) return false;
  // A password may be short, and is anything but words.
  if (PASSWORD.test(last)) return !isWords(value) || /^\d{6,}$/.test(value);
  const isKey = /^keys?$/.test(last) && KEY_OF.test(before);
  return (SECRET.test(last) || isKey) && isRandom(value);
}

/** Whether a name may be that of a secret. */
export function mayNameSecret(name: string): boolean {
  return MAY_BE_SECRET.test(name);
}

/** No name without one of these has to do with secrets: for speed. */
const MAY_BE_SECRET = /pass|pwd|pw|secret|token|key|credential|jwt|salt|pat/i;

const PASSWORD = /(password|passwd|pwd|passphrase)$|^(pass|pw)$/;
const SECRET = /(secret|token|apikey|credential)s?$|^(jwt|salt|pat)$/;
/** `key` is a secret behind one of these words. */
const KEY_OF = /^(api|private|access|secret|signing|encryption|master|account|auth|service|admin)$/;

/** `dbPassword`, `DB_PASSWORD` and `--db-password` are db and password. */
export function wordsOf(name: string): string[] {
  const parted = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return parted.match(/[a-z0-9]+/g) ?? [];
}

function isRandom(value: string): boolean {
  if (value.length < 16) return false;
  const changesOfCase = value.match(/[a-z](?=[A-Z])/g)?.length ?? 0;
  if (isWords(value) && changesOfCase / value.length < 0.2) return false;
  return entropy(value) > 3;
}

function isWords(value: string): boolean {
  const words = value.split(/[-_./:,@]/);
  const word = words.length > 1 ? /^([A-Za-z]+\d{0,2}|\d{0,4}|v\d+)$/ : /^([A-Za-z]+|\d+)$/;
  return words.every(part => word.test(part));
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

/** Whether a field names something: `ownerSecret`, `serverTLSSecret` too, but not `clientSecret`. */
export function isReferenceName(name: string): boolean {
  return REFERENCES.has(name) || /^(?!client)[a-z]{1,40}[A-Za-z]{0,60}Secret(Name)?$/.test(name);
}
const REFERENCES = new Set(
  words(
    'secret key store from name secretKey secretName property field fieldPath image kind namespace path',
  ),
);

/** `--password` before `value`, as arguments of a command. */
export function optionBefore(list: readonly unknown[], index: number): string | undefined {
  const before = list[index - 1];
  return typeof before === 'string' && /^--?[a-z][\w.-]{0,99}$/i.test(before) ? before : undefined;
}

/** The text without what looks like a secret, as a message may quote any name of the spec. */
export function hideSecrets(text: string): string {
  if (text.length < SHORTEST) return text;
  const shown = secretShape(text) === undefined ? text : text.replaceAll(HIDDEN, '…');
  return shown.replaceAll(/[\w+/=~.-]{24,4096}/g, word => (isRandomWord(word) ? '…' : word));
}

const HIDDEN = new RegExp(
  `(?:${TOKEN.source})[\\w+/=.-]*|${PEM}[^-]{0,99999}(?:-{5}END [A-Z0-9 ]{0,40}-{5})?|${ENCODED_PEM}[\\w+/=]{0,99999}|${URL_PASSWORD.source}`,
  'gi',
);
