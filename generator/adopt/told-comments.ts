import { secretIn } from '../ground/secret-literal.ts';
import { BARE_NAMES } from '../make/kustomize/folder-files.ts';

/** What is said to programs, and not to readers of a spec. */
const FOR_PROGRAMS = /^(yaml-language-server:|yamllint |vim?:|kics-scan |checkov:|noinspection )/;

/** What is said of a file that a program made: a spec is for people to edit. */
const DO_NOT_EDIT = /\bdo not edit\b/i;

/** Whether a line of a comment goes along: it says something, to people, and holds no secret. */
export function isTold(line: string): boolean {
  const text = line.trim();
  const isOurs = DO_NOT_EDIT.test(text) || BARE_NAMES.includes(text);
  if (!/[\p{L}\p{N}]/u.test(text) || FOR_PROGRAMS.test(text) || isOurs) return false;
  const [, name = '', value = text] =
    /^[-\s]{0,100}["']?([\w.-]{1,253})["']?\s{0,100}[:=]\s{0,100}(.+)$/.exec(text) ?? [];
  const words = text.split(/\s+/);
  return (
    secretIn(value, { name, isReference: false }) === undefined &&
    words.every(word => secretIn(word, { name: '', isReference: true }) === undefined)
  );
}
