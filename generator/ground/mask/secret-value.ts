import type { Hide } from '../secret-text.ts';
import { type Naming, namingOf } from './secret-name.ts';
import { maskTemplate } from './template-text.ts';

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
