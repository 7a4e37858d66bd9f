import { isSecretName, type Naming, namingOf } from './secret-name.ts';
import { type Hide, hideSecrets } from './secret-text.ts';

/** Stands where a value is not shown. It says nothing about the value, not even its length. */
export const HIDDEN = '(hidden)';

/** The same for a value that the other side does not have, where the text around it changes too. */
export const CHANGED = '(hidden, changed)';

/**
 * How a text is written. In a file the value of the first pair of a line takes the rest of the line;
 * in a command it ends sooner. In a message of ours a colon begins an example or a list of names.
 */
type TextForm = 'file' | 'command' | 'message';

/** A text with the secrets in it hidden, whatever it is: a setting, an address, a command, a file. */
export function maskText(text: string, form: TextForm, hide: Hide): string {
  if (ONE_WORD.test(text) || (form !== 'file' && !MAY_HOLD_SECRET.test(text)))
    return hideSecrets(text, hide);
  const lines =
    text.includes('\n') && form === 'file' ? maskFile(text, hide) : maskLines(text, form, hide);
  return hideSecrets(maskLogins(lines, hide), hide);
}

/** A name, a number, a path, as most texts are: no value in it has a name. */
const ONE_WORD = /^[\w./]{1,200}(-[\w./]{1,200}){0,20}$/;

/** A command, or a message that quotes one, holds no secret unless this matches: for speed. */
const MAY_HOLD_SECRET = /[=@<$']|:[ \t"'[\\]|["']:|(?:^|\s)-|(?:bearer|basic|by)\s/i;

/** A message with the secrets hidden that it may quote. */
export function maskMessage(text: string): string {
  return maskText(text, 'message', () => '…');
}

/** A secret of a file that goes on in the next lines. */
interface Open {
  /** Deeper lines are its block; in a list, those that are no pairs. */
  readonly indent?: number;
  readonly isList?: boolean;
  /** It ends with this quote, or with the first line that has no backslash at its end. */
  readonly end?: string;
}

/** A file of several lines, some of which continue the value of the line before. */
function maskFile(text: string, hide: Hide): string {
  let open: Open | undefined;
  const lines = text.split('\n').map(line => {
    if (open !== undefined && goesOn(line, open)) {
      if (isLast(line, open)) open = undefined;
      return isHarmless(line) ? line : hiddenLine(line, hide);
    }
    open = opened(line);
    return maskLine(maskWords(line, hide), 'file', hide);
  });
  return lines.join('\n');
}

/** `password: |`, the name above a list of passwords, and a quote or a line that goes on. */
const BLOCK =
  /^([\s#;-]{0,200})["']?([A-Za-z_][\w.-]{0,99})["']?\s{0,9}[:=]\s{0,9}([|>][+-]?\d?[+-]?\s{0,9}|\s{0,9}|"""|'''|["'].{0,99999}|.{0,99999}\\)$/;

function opened(line: string): Open | undefined {
  const [, before = '', name = '', value = ''] = BLOCK.exec(line) ?? [];
  if (name === '' || !isSecretName(name)) return undefined;
  if (/^[|>]/.test(value)) return { indent: before.length };
  if (value.trim() === '') return { indent: before.length, isList: true };
  if (value === '"""' || value === "'''") return { end: value };
  if (value.endsWith('\\')) return { end: '\\' };
  const [quote = ''] = value;
  return value.length === 1 || !value.slice(1).includes(quote) ? { end: quote } : undefined;
}

function goesOn(line: string, { indent, isList = false }: Open): boolean {
  if (indent === undefined || line.trim() === '') return true;
  const depth = line.search(/\S/);
  if (isList)
    return depth >= indent && /^\s{0,200}(- )?\s{0,20}[^\s:=#][^\s:=]{0,99999}$/.test(line);
  return depth > indent;
}

function isLast(line: string, { end }: Open): boolean {
  if (end === undefined) return false;
  return end === '\\' ? !line.endsWith('\\') : line.includes(end);
}

function hiddenLine(line: string, hide: Hide): string {
  const [before = ''] = /^\s{0,999}(?:- )?/.exec(line) ?? [];
  return before + hide(line.trim());
}

/** `password:hunter2`, as .properties files have it, and `requirepass hunter2`, as redis.conf has. */
const WORDS =
  /^([\s#;]{0,99}([A-Za-z_][\w.-]{0,99})(?::|[ \t]{1,9}(?=\S{1,99999}$)))([^\s"'[{|>:/=].{0,99999})$/s;

function maskWords(line: string, hide: Hide): string {
  return line.replace(WORDS, (all: string, before: string, name: string, value: string) =>
    isSecretName(name) && !isHarmless(value) ? before + hide(value) : all,
  );
}

function maskLines(text: string, form: TextForm, hide: Hide): string {
  if (!text.includes('\n')) return maskLine(text, form, hide);
  return text
    .split('\n')
    .map(line => maskLine(line, form, hide))
    .join('\n');
}

function maskLine(line: string, form: TextForm, hide: Hide): string {
  return maskForms(maskPairs(line, form, hide), hide);
}

/** A line with the values hidden that follow the name of a secret. */
function maskPairs(line: string, form: TextForm, hide: Hide): string {
  let [shown, from] = ['', 0];
  for (const { index, 0: head, 1: pair, 2: sign, 3: option } of line.matchAll(HEAD)) {
    const name = pair ?? option ?? '';
    if (index < from || !isSecretName(name) || isRefused(name, sign, form)) continue;
    const isFirst = form === 'file' && index <= 200 && BEGIN.test(line.slice(0, index));
    const [start, end] = valueAt(line, index, index + head.length, isFirst ? sign : undefined);
    const value = line.slice(start, end);
    shown += line.slice(from, start) + (maskNamed(value, name, hide, text => text) ?? value);
    from = end;
  }
  return shown + line.slice(from);
}

/**
 * A name and its sign: `password=`, `"password": `, `--set auth.password=`, `X-Api-Key: `; or an option and a space.
 */
const HEAD =
  /(?<![\w.-])(-{0,2}[A-Za-z_][\w.-]{0,99})(?:\\?["'])?\]? {0,9}(=>|:=|=(?!=)|(?<=["'] {0,9}):|:(?=[\s"'\\[]|$))[ \t]{0,9}|(?<![\w.-])(--?[A-Za-z][\w.-]{0,99}) {1,9}(?=[^\s-])/g;

/** `--no-password` takes nothing. */
function isRefused(name: string, sign: string | undefined, form: TextForm): boolean {
  if (form === 'message' && sign === ':') return true;
  return /^--?(no|without|disable|skip|ask|prompt)-/.test(name);
}

/** What may stand before the first name of a line in a file. */
const BEGIN = /^[\s#;/*-]{0,99}(?:export |set |env |arg |let |const |var |readonly )?["']?$/i;

/** Where a value begins and ends, without its quotes. `sign` is that of the first pair of a line. */
function valueAt(
  line: string,
  head: number,
  start: number,
  sign: string | undefined,
): readonly [start: number, end: number] {
  const quote = /^\\?["']/.exec(line.slice(start, start + 2))?.[0];
  if (quote !== undefined)
    return [start + quote.length, closing(line, start + quote.length, quote)];
  if (line[start] === '[') {
    const end = line.indexOf(']', start);
    return [start + 1, end < 0 ? line.length : end];
  }
  if (line[start] === '{' && line[start + 1] !== '{') return [start, start];
  const isListed = /(^|;)[ \t]{0,9}$/.test(line.slice(Math.max(0, head - 10), head));
  const rest = line.slice(start);
  return [start, start + lengthOf(rest, sign, isListed)];
}

/** Where a quoted value ends; one that is not closed goes to the end of the line. */
function closing(line: string, start: number, quote: string): number {
  for (let at = line.indexOf(quote, start); at >= 0; at = line.indexOf(quote, at + 1)) {
    if (quote.length === 2 || line[at - 1] !== '\\') return at;
  }
  return line.length;
}

/** Another pair follows the value: `; Database=`. */
const PAIR_BEHIND = /[;&,\s][ \t]{0,3}[\w.-]{1,64}["']?[ \t]{0,3}=/;

function lengthOf(rest: string, sign: string | undefined, isListed: boolean): number {
  if (isListed && rest.includes(';')) return rest.indexOf(';');
  if (sign === ':' || (sign !== undefined && !PAIR_BEHIND.test(rest)))
    return rest.trimEnd().replace(/[,;]$/, '').length;
  const scheme = SCHEME.exec(rest)?.[0].length ?? 0;
  const word = /^\S{0,}/.exec(rest.slice(scheme))?.[0] ?? '';
  if (isHarmless(word)) return scheme + word.length;
  const other = word.search(/[;&,|](?=$|["']|[\w.-]{1,64}["']?[=:])/);
  return (
    scheme + (other < 0 ? word : word.slice(0, other)).replace(/[;&,|)}\]"'`>]{1,20}$/, '').length
  );
}

/**
 * A value under a name, as it may be shown; undefined where the name is not that of a secret. In a connection string
 * only what `masked` hides is hidden.
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

/** The scheme before the secret: `Bearer …`. */
const SCHEME = /^(?:bearer|basic|digest|token|apikey|geniekey|splunk|sso-key|aws4-hmac-sha256) +/i;

const HOST = /^https?:\/\/[^/\s?#@]{0,255}\/?/i;

/** How many characters of a value come before the secret. */
function beforeSecret(value: string, naming: Naming): number {
  const before = naming === 'webhook' ? HOST : SCHEME;
  return before.exec(value)?.[0].length ?? 0;
}

function hidden(value: string, hide: Hide): string {
  if (value.includes('{{')) return maskTemplate(value, hide);
  return isHarmless(value) ? value : hide(value);
}

/** Whether a value may be shown whatever its name is. */
export function isHarmless(value: string): boolean {
  const text = value.trim();
  return [SWITCH, REFERENCES, SETTING, IS_HIDDEN].some(form => form.test(text));
}

/** Was hidden before. */
const IS_HIDDEN = /^\(hidden/;

/** Nothing, a switch, or the sign of a block. */
const SWITCH =
  /^(|~|null|none|true|false|yes|no|on|off|enabled|disabled|\*{1,99}|x{3,99}|[|>][+-]?\d?[+-]?)$/i;

/** Where the secret comes from, or what to put there: `$(VAR)`, `${VAR}`, `$VAR`, `<password>`. */
const REFERENCES =
  /^(\$\([A-Za-z_][\w.-]{0,99}\)|\${1,2}\{[A-Za-z_][\w.]{0,99}\}|\$\{env:\w{1,99}\}|\$[A-Z_][A-Z0-9_]{0,99}|%\([\w.]{1,99}\)s|<[A-Za-z][A-Za-z _-]{0,99}>){1,9}$/;

/** How long something is valid, or where it is mounted. */
const SETTING =
  /^(\d{1,6}(ms|s|m|h|d)|\/(run|var|etc|app|opt|mnt|secrets?|vault|home|tmp|data|usr|srv|config|certs?|keys?)(\/[\w.-]{1,60}){1,9})$/;

/** A Go template with its literal texts hidden: what it reads stays, and so do the signs between. */
export function maskTemplate(text: string, hide: Hide): string {
  const parts = text.split(/(\{\{(?:(?!\{\{|\}\}).){0,4000}\}\})/s);
  const shown = parts.map((part, index) => {
    if (index % 2 === 1) return maskAction(part, hide);
    return /[^\W_]|[^\0-\x7f]/.test(part) ? hide(part) : part;
  });
  return shown.join('');
}

/** Functions whose literal texts are names, formats or signs. */
const PLAIN =
  /^(index|get|dig|hasKey|pluck|pick|omit|replace|split|splitList|join|trim\w*|filterPEM|filterCertChain|date|toDate|has(Prefix|Suffix)|contains)$/;

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

/** Literals in an action, and one without an end, a comment, a long number: each may be the secret. */
const LITERAL =
  /"(?:[^"\\]|\\.){0,4000}"|`[^`]{0,4000}`|'[^']{0,4000}'|\/\*.{0,4000}?\*\/|["`].{1,4000}(?=\}\}$)|(?<![\w.$])\d{4,99}(?![\w.])/gs;

function isPlain(literal: string, name: string): boolean {
  if (/^(%[sdqv]|[^\w\s]|\s){0,32}$/.test(literal)) return true;
  if (/^\.[a-z]{1,16}$/.test(literal)) return true;
  return PLAIN.test(name) && /^[\w.%/-]{0,32}$/.test(literal) && !/\d{3}/.test(literal);
}

/** The function that takes a literal of an action. */
function functionBefore(action: string, at: number): string {
  const before = action.slice(0, at);
  const start = Math.max(before.lastIndexOf('|'), before.lastIndexOf('('), 1);
  return /[A-Za-z]\w{0,40}/.exec(before.slice(start))?.[0] ?? '';
}

/**
 * Ways to write a secret other than `name=value` and `name: value`. The groups `before` and `secret` are the whole
 * match; a group `name`, where there is one, has to be the name of a secret.
 */
const FORMS: readonly RegExp[] = [
  // XML: an element, and attributes as Java has them.
  /(?<before><(?<name>[\w.:-]{1,99})>\s{0,9})(?<secret>[^<]{1,99999})/g,
  /(?<before>\b(?:name|key)\\?["']?\s{0,3}[=:]\s{0,3}\\?["']?(?<name>[\w./-]{1,99})\\?["']?\s{0,3},?\s{0,9}\\?["']?\bvalue\\?["']?\s{0,3}[=:]\s{0,3}\\?["']?)(?<secret>[^"'\\\s,}]{1,99999})/gi,
  // .netrc, an ACL of redis, and .pgpass.
  /(?<before>^(?=[ \t]{0,9}(?:machine|default|login|password|account)\b).{0,999}?\bpassword[ \t]{1,9})(?<secret>\S{1,99999})/g,
  /(?<before>^[ \t]{0,9}user[ \t]{1,9}\S{1,99}[ \t][^>]{0,999}>)(?<secret>\S{1,99999})/g,
  /(?<before>^[^:\s]{1,255}:(?:\d{1,5}|\*):[^:\s]{1,99}:[^:\s]{1,99}:)(?<secret>\S{1,99999})$/g,
  // SQL
  /(?<before>\b(?:password|identified\s{1,9}by(?:\s{1,9}password)?)\s{0,9}(?:=\s{0,9})?E?')(?<secret>(?:[^']|''){1,9999})/gi,
  /(?<before>\b(?:identified\s{1,9}by)\s{1,9}")(?<secret>[^"]{1,9999})/gi,
  // Headers, wherever they stand.
  /(?<before>\b(?:bearer|basic)\s{1,9})(?<secret>(?=[^\s"'\d]{0,99}\d)[\w+/=.~:-]{6,99999})/gi,
  // Digests of passwords, which can be guessed: htpasswd, crypt, LDAP, SCRAM.
  /(?<before>)(?<secret>\$(?:2[abxy]?|apr1|[156y]|argon2\w{0,2}|scrypt|pbkdf2[\w-]{0,12})\$[\w./$+=,-]{8,999}|\{S?SHA\d{0,3}\}[\w+/=]{8,999}|SCRAM-SHA-\d{1,3}\$[\w+/=:$]{8,999})/g,
  // Options of one letter, and arguments that have none.
  /(?<before>\b(?:mysql|mariadb)[\w-]{0,12}\b[^;|&\n]{0,500}?\s-p)(?<secret>[^\s;|&]{1,9999})/g,
  /(?<before>\b(?:sshpass|mongo|mongo\w{2,8}|cypher-shell|(?:docker|podman|helm|crane|skopeo|buildah|oras)\s[^;|&\n]{0,99}login)\b[^;|&\n]{0,500}?\s-p ?["']?)(?<secret>[^\s;|&"']{1,9999})/g,
  /(?<before>\b(?:redis-cli|valkey-cli)\b[^;|&\n]{0,500}?\s-a ["']?)(?<secret>[^\s;|&"']{1,9999})/g,
  /(?<before>\b(?:ldap\w{3,9})\b[^;|&\n]{0,500}?\s-w ["']?)(?<secret>[^\s;|&"']{1,9999})/g,
  /(?<before>\b(?:sqlcmd|bcp|zip|unzip|ipmitool)\b[^;|&\n]{0,500}?\s-P ?["']?)(?<secret>[^\s;|&"']{1,9999})/g,
  /(?<before>(?:^|\s)(?:-u|-U|--user|--proxy-user|--userpwd|--basic-auth)[ =]?["']?[^\s:"'=]{1,99}:)(?<secret>(?!\d{1,9}(?:\s|$))[^\s"']{1,9999})/g,
  /(?<before>\s-pass(?:in|out)?\s{1,9}["']?pass:)(?<secret>[^\s"']{1,9999})/g,
  /(?<before>--from-literal[ =]["']?[\w.-]{1,99}=)(?<secret>[^\s"']{1,9999})/g,
];

/** A line holds none of these forms unless this matches: for speed. */
const MAY_HAVE_FORM =
  /pass|value|bearer|basic|identified|[<>$]|\{S|SCRAM|(?:^| )-|:[\d*]|secret|token|key|auth|pw/i;

function maskForms(line: string, hide: Hide): string {
  return MAY_HAVE_FORM.test(line)
    ? FORMS.reduce((text, form) => maskForm(text, form, hide), line)
    : line;
}

function maskForm(line: string, form: RegExp, hide: Hide): string {
  return line.replaceAll(form, (all: string, ...rest: unknown[]) => {
    const { before, name, secret } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    const isOther = name !== undefined && !isSecretName(name);
    if (secret === undefined || isOther || isHarmless(secret) || secret.startsWith('{{'))
      return all;
    return before + hide(secret);
  });
}

/** Hides passwords in `scheme://user:password@host` and `user:password@tcp(host)` (Go, MySQL). */
function maskLogins(text: string, hide: Hide): string {
  if (!text.includes('@')) return text;
  return text
    .split(/([\s"'`<>]+)/)
    .map((word, index) => (index % 2 === 1 || !word.includes('@') ? word : maskWord(word, hide)))
    .join('');
}

/** Each of the addresses in one word by itself. */
function maskWord(word: string, hide: Hide): string {
  const [first = '', ...others] = word.split(
    /(?<![A-Za-z0-9+.-])(?=[A-Za-z][A-Za-z0-9+.-]{0,30}:\/\/)/,
  );
  return [first, ...others].map(part => maskAddress(part, hide)).join('');
}

function maskAddress(address: string, hide: Hide): string {
  const start = address.indexOf('://');
  if (start < 0) return maskBare(address, hide);
  const [scheme, rest] = [address.slice(0, start + 3), address.slice(start + 3)];
  const at = endOfLogin(rest);
  if (at < 0) return address;
  const [login, host] = [rest.slice(0, at), rest.slice(at)];
  const colon = colonIn(login);
  if (colon >= 0) return scheme + maskAfter(login, colon, hide) + host;
  const isToken = /https?:\/\/$/i.test(scheme) && !/[/?#]/.test(login) && login !== 'git';
  return isToken && !isHarmless(login) ? scheme + hide(login) + host : address;
}

/** The last `@` before the path; or the last of all, where the password is not escaped. */
function endOfLogin(rest: string): number {
  const end = rest.search(/[/?#]/);
  const at = end < 0 ? -1 : rest.lastIndexOf('@', end);
  return at < 0 ? rest.lastIndexOf('@') : at;
}

/** Where the password begins; -1 where the colon is that of a port, or in a path. */
function colonIn(login: string): number {
  const colon = login
    .replaceAll(/\$\{[^}]{0,200}\}|\{\{[^}]{0,200}\}\}/g, all => '.'.repeat(all.length))
    .indexOf(':');
  const isPath = /[/?#]/.test(login.slice(0, Math.max(0, colon)));
  return isPath || PORT.test(login.slice(colon + 1)) ? -1 : colon;
}

const PORT = /^\d{1,5}(?:[/?#,;]|$)/;

function maskAfter(login: string, colon: number, hide: Hide): string {
  const password = login.slice(colon + 1);
  const isShown = isHarmless(password) || /^\{\{[^}]{0,200}\}\}$/.test(password);
  return login.slice(0, colon + 1) + (isShown ? password : hide(password));
}

function maskBare(word: string, hide: Hide): string {
  const at = word.lastIndexOf('@');
  const login = word.slice(0, at);
  const colon = colonIn(login);
  const user = login.slice(0, colon);
  const isOther = colon < 0 || NO_LOGIN.test(user) || /^sha\d{3}:/.test(word.slice(at + 1));
  const isHost = /^[\w.([{$-]/.test(word.slice(at + 1));
  return isOther || !isHost || /[\w.-]\/$/.test(user)
    ? word
    : maskAfter(login, colon, hide) + word.slice(at);
}

/** Other words with a colon and an `@`: images by digest, mail addresses, names of packages. */
const NO_LOGIN = /^(mailto|sips?|xmpp|acct|arn|urn|spiffe|oci|docker|image|npm|pkg)$/i;
