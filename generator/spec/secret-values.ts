import type { Fault, Path } from '../source/finding.ts';
import { isMap } from './merge-environment.ts';

/** Shapes of tokens that give themselves away by their beginning. */
const TOKEN =
  /\b(sk-[A-Za-z0-9_-]{16,}|sk_(live|test)_[A-Za-z0-9]{10,}|gsk_[A-Za-z0-9]{20,}|csk-[A-Za-z0-9]{20,}|(AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeprs]-[A-Za-z0-9-]{10,}|AIza[\w-]{30,}|GOCSPX-[\w-]{20,}|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z0-9]{20,}|dop_v1_[a-f0-9]{40,}|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** `scheme://user:password@`, where the password is neither $(VAR), ${VAR} nor a template. */
const URL_PASSWORD = /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\$[({]|\{\{)[^\s/@]+@/i;

/** A name under which a value is a secret. */
const SECRET_NAME =
  /(passw(or)?d|pwd|secret|token|api[-_.]?key|private[-_.]?key|credential|access[-_.]?key)/i;

/** Where names of Secrets and keys stand: there a long random-looking word is a name. */
const NAMES = new Set([
  'secret',
  'key',
  'store',
  'from',
  'name',
  'secretKey',
  'secretName',
  'keys',
  'image',
]);

/**
 * Every value of the spec that looks like a secret. Only where it stands is told, never the value:
 * nothing else of a spec with such a value is reported, so that no message can quote it.
 */
export function secretValues(spec: unknown): Fault[] {
  const faults: Fault[] = [];
  const path: (string | number)[] = [];
  const visit = (value: unknown, name: string): void => {
    if (typeof value === 'string') {
      const what = looksLikeSecret(value, name);
      if (what !== undefined) faults.push(secretValue(what, [...path]));
    } else if (typeof value === 'object' && value !== null) {
      visitChildren(value, name);
    }
  };
  const visitChildren = (parent: object, name: string): void => {
    const isList = Array.isArray(parent);
    for (const [key, child] of Object.entries(parent)) {
      path.push(isList ? Number(key) : key);
      visit(child, isList ? name : nameOf(parent, key));
      path.pop();
    }
  };
  visit(spec, '');
  return faults;
}

/** The name a value goes by: its key, or the `name` beside a key `value`, as in a list of env. */
function nameOf(parent: object, key: string): string {
  if (key !== 'value' || !isMap(parent)) return key;
  const name = parent['name'];
  return typeof name === 'string' ? name : key;
}

function looksLikeSecret(value: string, name: string): string | undefined {
  if (value.length < 8) return undefined;
  if (TOKEN.test(value)) return 'a token or private key';
  if (value.includes('://') && URL_PASSWORD.test(value)) return 'a URL with a password';
  if (!NAMES.has(name) && SECRET_NAME.test(name) && isRandom(value)) return 'a secret value';
  return undefined;
}

/** Long, without spaces or references, of mixed characters, and not words joined by dashes. */
function isRandom(value: string): boolean {
  if (value.length < 16 || /[\s$]|\{\{/.test(value)) return false;
  const words = value.split(/[-_./:]/);
  if (words.every(word => /^([A-Za-z]+|\d{0,4}|v\d+)$/.test(word))) return false;
  return entropy(value) > 3.3;
}

/** Shannon entropy in bits a character. */
function entropy(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()]
    .map(count => count / value.length)
    .reduce((bits, share) => bits - share * Math.log2(share), 0);
}

function secretValue(what: string, path: Path): Fault {
  return {
    id: 'secret-value',
    message: `this looks like ${what}, which a spec never holds (the value is not shown)`,
    hint: 'Put the value into the store and name its key here; if it was ever committed, replace it.',
    path,
  };
}
