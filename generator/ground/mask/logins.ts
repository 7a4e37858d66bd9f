import type { Hide } from '../secret-text.ts';
import { isHarmless } from './secret-value.ts';

/**
 * A text with the passwords of its logins hidden: `scheme://user:password@host`, and the same
 * without a scheme, as Go and MySQL have it: `user:password@tcp(host)`.
 */
export function maskLogins(text: string, hide: Hide): string {
  if (!text.includes('@')) return text;
  return text
    .split(/([\s"'`<>]+)/)
    .map((word, index) => (index % 2 === 1 || !word.includes('@') ? word : maskWord(word, hide)))
    .join('');
}

/** Addresses that stand in one word are looked at one by one. */
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

/** The last `@` of the part that names the host; in a password that is not escaped, the last one. */
function endOfLogin(rest: string): number {
  const end = rest.search(/[/?#]/);
  const at = end < 0 ? -1 : rest.lastIndexOf('@', end);
  return at < 0 ? rest.lastIndexOf('@') : at;
}

/** Where the password begins; -1: the colon is that of a port, or belongs to a path. */
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

/** What else has a colon and an `@`: images by digest, mail addresses, names of packages. */
const NO_LOGIN = /^(mailto|sips?|xmpp|acct|arn|urn|spiffe|oci|docker|image|npm|pkg)$/i;

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
