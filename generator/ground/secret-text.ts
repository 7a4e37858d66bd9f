/*
 * Text that gives itself away as a secret. The shapes are those that the issuers document; they
 * are held against examples of each in test/make/secret-values.test.ts.
 */

/** What stands for a secret; it is told which, so that two sides can be held against each other. */
export type Hide = (secret: string) => string;

/** Tokens that begin in a way of their own. */
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

/** A private key, as PEM, or with its first line in base64. */
const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFUR|BFQyBQUklWQVRF|BPUEVOU1NIIFBSSVZBVE|BFTkNSWVBURUQgUFJJVkFUR|BEU0EgUFJJVkFUR)/;

/**
 * `scheme://user:password@`, where the password is written out: not a reference ($(VAR), ${VAR},
 * %(var)s), a template, a placeholder (<password>, ***), or a port with a path behind it. Lengths
 * have limits, so that no text takes long.
 */
const URL_PASSWORD =
  /[a-z][a-z0-9+.-]{0,30}:\/\/(?:\{\{[^}]{0,200}\}\}|\$\([^)]{0,200}\)|\$\{[^}]{0,200}\}|[^\s/:@]){0,200}:(?!\$[({]|\{|%[(sv]|<|\*+@|\(hidden|\d{1,5}(?:[/?#,;]|$))[^\s@"']{1,500}@/i;

/** No shape is shorter. */
const SHORTEST = 10;

/** What kind of secret a text holds, by its shape alone. */
export function secretShape(text: string): string | undefined {
  if (text.length < SHORTEST) return undefined;
  const issued = issuedShape(text);
  if (issued !== undefined) return issued;
  return text.includes('://') && URL_PASSWORD.test(text) ? 'a URL with a password' : undefined;
}

/** What nobody writes as an example: a token that somebody issued, a private key. */
export function issuedShape(text: string): string | undefined {
  if (TOKEN.test(text)) return 'a token';
  return PRIVATE_KEY.test(text) ? 'a private key' : undefined;
}

const HIDDEN = new RegExp(
  `(?:${TOKEN.source})[\\w+/=.-]*|(?:${PRIVATE_KEY.source})(?:-{5}[^-]{0,99999}(?:-{5}END [A-Z0-9 ]{0,40}-{5})?|[\\w+/=]{0,99999})|${URL_PASSWORD.source}`,
  'gi',
);

/**
 * The same text without what looks like a secret: a message may quote any name of the spec. `hide`
 * says what stands in its place.
 */
export function hideSecrets(text: string, hide: Hide = () => '…'): string {
  if (text.length < SHORTEST) return text;
  const shown = secretShape(text) === undefined ? text : text.replaceAll(HIDDEN, hide);
  return shown.replaceAll(/[\w+/=~.-]{24,4096}/g, word => (isRandomWord(word) ? hide(word) : word));
}

/**
 * Whether a word is random enough to be a secret whatever it stands for: letters of both cases and
 * digits in no order, too long for a name.
 */
export function isRandomWord(word: string): boolean {
  if (word.length < 24 || word.length > 4096 || !/^[\w+/=~.-]+$/.test(word)) return false;
  if (!/[a-z]/.test(word) || !/[A-Z]/.test(word) || !/\d/.test(word)) return false;
  const switches = word.match(/[a-z](?=[A-Z\d])|[A-Z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  return switches / word.length > 0.2 && entropy(word) > 3.8;
}

/** Shannon entropy in bits a character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()]
    .map(count => count / text.length)
    .reduce((bits, share) => bits - share * Math.log2(share), 0);
}
