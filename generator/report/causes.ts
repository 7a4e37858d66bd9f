import { createHash } from 'node:crypto';
import type { Finding, Place } from '../core/finding.ts';
import { groupBy } from '../core/json.ts';
import { objectText, placeText } from './text.ts';

/** Findings that one change mends. Reports print the first, and of the others the places. */
export interface Cause {
  readonly finding: Finding;
  readonly others: readonly Finding[];
}

/** Findings by what has to be changed: those that say the same, and those at one line, which overlays share. */
export function causesOf(findings: readonly Finding[]): Cause[] {
  const keyed = findings.map(keysOf());
  const parents = new Map<string, string>();
  const rootOf = (key: string): string => {
    let root = key;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    return root;
  };
  for (const { message, line } of keyed) {
    const [root, joined] = [rootOf(message), rootOf(line)];
    if (root !== joined) parents.set(joined, root);
  }
  const groups = groupBy(keyed, ({ message }) => rootOf(message));
  return [...groups.values()].map(group => {
    const all = group.map(({ finding }) => finding);
    const finding = all.find(({ at }) => at !== undefined && !isTopOfFile(at)) ?? group[0].finding;
    return { finding, others: all.filter(entry => entry !== finding) };
  });
}

function keysOf() {
  const counts = new Map<string, number>();
  return (finding: Finding) => {
    const { rule, severity, at, object } = finding;
    const place = at === undefined ? '' : placeText(at);
    // What is wrong with a file is mended in that file.
    const file = object === undefined ? [place, finding.field] : [];
    const message = JSON.stringify([rule, severity, finding.message, ...file]);
    if (at === undefined || object === undefined || isTopOfFile(at))
      return { finding, message, line: message };
    const here = JSON.stringify([rule, severity, place, objectText(object)]);
    // Several of one object at one line are different faults, so they are numbered.
    const count = (counts.get(here) ?? 0) + 1;
    counts.set(here, count);
    return { finding, message, line: JSON.stringify([rule, severity, place, count]) };
  };
}

/** All findings of a cause, the printed one first. */
export function placesOf({ finding, others }: Cause): Finding[] {
  return [finding, ...others];
}

/** The further places of a cause, each with a note: the finding's message where that differs. One place may have several. */
export function furtherPlaces({ finding, others }: Cause): NonNullable<Finding['related']> {
  const nameOf = ({ object }: Finding): string => (object === undefined ? '' : objectText(object));
  const places = new Set([JSON.stringify([finding.at, finding.message, nameOf(finding)])]);
  return others.flatMap(entry => {
    const { message, at, object } = entry;
    const name = nameOf(entry);
    const key = JSON.stringify([at, message, name]);
    if (places.has(key)) return [];
    places.add(key);
    const here = name === nameOf(finding) ? 'here too' : `here too: ${name}`;
    const note = message === finding.message ? here : message;
    return { note, ...(at !== undefined && { at }), ...(object !== undefined && { object }) };
  });
}

/** Whether a place means a whole file, or something that no line of it shows. */
export function isTopOfFile({ line, column }: Place): boolean {
  return line === 1 && column === 1;
}

/** What makes a finding the same in two runs: the rule, the object, the field and the names that it tells of. */
export interface Identity {
  readonly rule: string;
  /** `Deployment shop/web`, or the file of a finding about no object. */
  readonly subject: string;
  /** Without the indexes of lists, as an entry moves when one is put before it. */
  readonly field: string;
  /** What the message quotes; of a finding about no object the message. */
  readonly names: readonly string[];
}

type Identified = Pick<Finding, 'rule' | 'object' | 'field' | 'message' | 'at'>;

/** The identity of a finding or of a risk, by which a baseline, SARIF and a review know it again. */
export function identityOf({ rule, object, field, message, at }: Identified): Identity {
  const quoted = [...message.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
  return {
    rule,
    subject: object === undefined ? (at?.file ?? '') : objectText(object),
    field: field.replaceAll(/\[\d+\]/g, '[]'),
    names: object === undefined ? [message.replaceAll(/\d+/g, '#')] : quoted,
  };
}

export function identityKey({ rule, subject, field, names }: Identity): string {
  return JSON.stringify([rule, subject, field, names]);
}

/** Fingerprints of findings in their order; the second of two that are alike has another. */
export function fingerprints(): (finding: Identified) => string {
  const counts = new Map<string, number>();
  return finding => {
    const key = identityKey(identityOf(finding));
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}:${count}`;
  };
}
