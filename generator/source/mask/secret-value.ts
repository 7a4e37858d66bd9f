import { namingOf } from './secret-name.ts';
import { maskTemplate } from './template-text.ts';

/** Stands where a value is not shown. It says nothing about the value, not even its length. */
export const HIDDEN = '(hidden)';

/** The same, of a value that the other side does not have; what stands around it changes too. */
export const CHANGED = '(hidden, changed)';

/** What stands for a secret; it is told which, so that two sides can be held against each other. */
export type Hide = (secret: string) => string;

/** What was hidden before. */
const IS_HIDDEN = /^\(hidden/;

/** Nothing, a switch, or the sign of a block that comes below. */
const SWITCH =
  /^(|~|null|none|true|false|yes|no|on|off|enabled|disabled|\*{1,99}|x{3,99}|[|>][+-]?\d?[+-]?)$/i;

/** Where the secret comes from, or what to put there: `$(VAR)`, `${VAR}`, `$VAR`, `<password>`. */
const REFERENCES =
  /^(\$\([A-Za-z_][\w.-]{0,99}\)|\$\{[A-Za-z_][\w.]{0,99}\}|\$\{env:\w{1,99}\}|\$[A-Z_][A-Z0-9_]{0,99}|%\([\w.]{1,99}\)s|<[A-Za-z][A-Za-z _-]{0,99}>){1,9}$/;

/** Whether a value may be shown whatever its name. */
export function isOpen(value: string): boolean {
  const text = value.trim();
  return SWITCH.test(text) || REFERENCES.test(text) || IS_HIDDEN.test(text);
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
  if (isOpen(value)) return value;
  if (value.includes('{{')) return maskTemplate(value, hide);
  if (naming === 'webhook') {
    const [host = ''] = /^https?:\/\/[^/\s?#@]{0,255}\/?/i.exec(value) ?? [];
    return host + hide(value);
  }
  const shown = naming === 'connection' ? masked(value) : value;
  if (shown !== value) return shown;
  const scheme = SCHEME.exec(value)?.[0] ?? '';
  return scheme + hidden(value.slice(scheme.length), hide);
}

function hidden(value: string, hide: Hide): string {
  return isOpen(value) ? value : hide(value);
}
