import { shownNumber } from '../../capacity/formats.ts';
import type { Finding, ObjectName, Place } from '../../core/finding.ts';
import { groupBy } from '../../core/json.ts';
import type { FlowSecret, FlowSource } from '../../report/flow.ts';
import { counted, oneLine, placeText, shortened, objectText as textOf } from '../../report/text.ts';
import type { SideName } from '../comparison.ts';
import {
  type Acknowledgement,
  type AwsCalls,
  type BrokenSide,
  type EnvironmentReview,
  type InEnvironments,
  isOpen,
  type NewFinding,
  newErrors,
  type Review,
  type ReviewedRisk,
  type SecretEffect,
  type ShownField,
  type VersionChange,
} from '../review.ts';
import { LEVELS } from '../risk.ts';

/** `1 blocker, 2 warn`: the risks that nobody acknowledged, and the new findings, of all or of an environment. */
export function levelsText(review: Review, environment?: EnvironmentReview): string {
  const isIn = ({ environments }: NewFinding): boolean =>
    environment === undefined || environments.includes(environment.name);
  const open = review.risks.filter(risk => isOpen(risk) && isIn(risk));
  const [block = 0, high = 0, warn = 0] = LEVELS.map(
    level => open.filter(risk => risk.level === level).length,
  );
  const errors = newErrors(review).filter(isIn).length;
  const warnings = review.findings.filter(isIn).length - errors;
  return countsText([
    [block, block === 1 ? 'blocker' : 'blockers'],
    [errors, errors === 1 ? 'new error' : 'new errors'],
    [high, 'high'],
    [warn, 'warn'],
    [warnings, warnings === 1 ? 'new warning' : 'new warnings'],
  ]);
}

export function countsText(counts: readonly (readonly [count: number, word: string])[]): string {
  return counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

/** `3 environments were not read`. Empty if all were. */
export function unreadText(review: Review): string {
  const { length } = unreadUnits(review);
  const verb = length === 1 ? 'was' : 'were';
  return length === 0 ? '' : `${counted(length, 'environment')} ${verb} not read`;
}

/** A unit that could not be read, and is compared on neither side. */
export interface UnreadUnit {
  /** Empty for the folder of the side. */
  readonly environment: string;
  readonly sides: SideName | 'both';
  readonly reason: string;
  readonly at?: Place;
  /** What to do, unless an earlier unit has the same hint. */
  readonly hint?: string;
  /** How many other reasons there are, and on which sides. */
  readonly more: number;
  readonly moreSides: SideName | 'both';
}

/** The units that could not be read, one entry each, in the order of the review. */
export function unreadUnits({ broken }: Review): UnreadUnit[] {
  const hints = new Set<string>();
  return [...groupBy(broken, ({ environment }) => environment)].map(([environment, all]) => {
    const reasons = groupBy(all, ({ finding }) => finding.message);
    const [[message, first] = ['', []], ...others] = reasons;
    const { at, hint = '' } =
      (first.find(({ side }) => side === 'head') ?? first[0])?.finding ?? {};
    const isNew = hint !== '' && !hints.has(hint);
    hints.add(hint);
    return {
      environment,
      sides: sidesOf(first),
      reason: firstSentence(message),
      ...(at !== undefined && { at }),
      ...(isNew && { hint }),
      more: others.length,
      moreSides: sidesOf(others.flatMap(([, other]) => other)),
    };
  });
}

function sidesOf(broken: readonly BrokenSide[]): SideName | 'both' {
  const [name = 'head', other] = new Set(broken.map(({ side }) => side));
  return other === undefined ? name : 'both';
}

function firstSentence(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return (/^.*?[.!?](?=\s+[A-Z"])/.exec(line)?.[0] ?? line).replace(/\.$/, '');
}

/** The name of a unit. One without a name is all of its side. */
export function unreadName({ environment, sides }: UnreadUnit): string {
  if (environment !== '') return oneLine(environment);
  return sides === 'both' ? 'both sides' : `the ${sides} side`;
}

/** The side, if it is one alone, and how many other reasons there are: ` (base side; 2 more reasons on the head side)`. */
export function unreadNote({ environment, sides, more, moreSides }: UnreadUnit): string {
  const where = moreSides === sides || moreSides === 'both' ? '' : ` on the ${moreSides} side`;
  const parts = [
    ...(sides === 'both' || environment === '' ? [] : [`${sides} side`]),
    ...(more === 0 ? [] : [`${counted(more, 'more reason')}${where}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

/** The environments with changes, risks or findings, and those that were not read. */
export function shownEnvironments({ environments, findings }: Review): EnvironmentReview[] {
  const found = new Set(findings.flatMap(finding => finding.environments));
  return environments.filter(
    ({ name, presence, added, removed, changed, risks }) =>
      presence !== 'both' ||
      found.has(name) ||
      added + removed + changed + risks.block + risks.high + risks.warn > 0,
  );
}

/** `247 without changes`: those that are not shown. Empty if all are shown. */
export function quietText(review: Review): string {
  const quiet = review.environments.length - shownEnvironments(review).length;
  return quiet === 0 ? '' : `${quiet} without changes`;
}

export const PRESENCE: Readonly<Record<EnvironmentReview['presence'], string>> = {
  both: '',
  'only head': 'new',
  'only base': 'removed',
  broken: 'not read',
};

/** Where a risk is: `apps/web.yaml:3:5 (base)`. Empty if it has no place. */
export function riskPlace({ at, side }: ReviewedRisk): string {
  return at === undefined ? '' : `${placeText(at)}${side === 'base' ? ' (base)' : ''}`;
}

/** What is said in place of the values of a field. Undefined: its values are shown. */
export function noteOf({ what, base, head, isHidden }: ShownField): string | undefined {
  if (what === 'reordered') return 'another order';
  if (!isHidden || base !== head) return undefined;
  return base?.startsWith('… (') ? base : 'changed, not shown';
}

/** `Deployment shop/web`, on one line whatever the names hold. */
export function objectText(object: ObjectName): string {
  return oneLine(textOf(object));
}

/** The object of a risk. In environments of different namespaces these are said with the environments. */
export function shownObject({ object, namespaces }: ReviewedRisk): string {
  const { kind, name } = object;
  return objectText(namespaces === undefined ? object : { kind, name });
}

/** `dev`, or `dev: shop-dev` of an object whose namespace differs from environment to environment. */
export function placesIn({ environments, namespaces }: InEnvironments): string[] {
  const names = environments.map((name, index) =>
    namespaces === undefined ? name : `${name}: ${namespaces[index] || 'no namespace'}`,
  );
  return shownNames(names);
}

/** `nginx:1.25 → 1.27`, `valkey 1.0.0 → 2.0.0`. Of a digest the first digits are enough. */
export function versionText({ what, name, base, head }: VersionChange): string {
  const short = (version: string): string =>
    version.replace(/(@\w+:\w{8})\w+$/, '$1…') || 'no version';
  if (what !== 'image') return `${name} ${short(base)} → ${short(head)}`;
  const isSameImage = base.startsWith(name) && head.startsWith(name);
  const tag = head.slice(name.length).replace(/^:/, '');
  return `${short(base)} → ${short(isSameImage ? tag : head)}`;
}

/** `shop/login`, or the name alone if there is no namespace. */
export function nameText({ namespace = '', name }: Omit<ObjectName, 'kind'>): string {
  return oneLine(namespace === '' ? name : `${namespace}/${name}`);
}

/** `dev, prod`. Empty for manifests that belong to no environment. */
export function namesOf(environments: readonly string[]): string {
  return shortened(shownNames(environments)).join(', ');
}

/** The names of environments. Manifests that belong to none have no name. */
export function shownNames(environments: readonly string[]): string[] {
  return environments.filter(name => name !== '').map(oneLine);
}

/** The name of a unit. One without a name is the folder of the side. */
export function unitText(environment: string): string {
  return environment === '' ? 'the folder itself' : oneLine(environment);
}

/** `base side of prod`. */
export function sideText(side: SideName, environment: string): string {
  return environment === '' ? `${side} side` : `${side} side of ${environment}`;
}

/** The keys that come and go: `+new`, `-old`. */
export function signedKeys(added: readonly string[], removed: readonly string[]): string[] {
  return [...added.map(key => `+${key}`), ...removed.map(key => `-${key}`)];
}

/** `a, b and c`. */
export function inWords(texts: readonly string[]): string {
  const [last = '', ...others] = texts.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}

/** A text with a full stop. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** An acknowledgement that no risk needs, as a finding. */
export function unusedFinding({ rule, object, environment, at }: Acknowledgement): Finding {
  const where = environment === undefined ? '' : ` in ${environment}`;
  return {
    rule: 'acknowledgement',
    severity: 'warning',
    message: `nothing is acknowledged here: "${object}" has no risk "${rule}"${where}; remove the entry, or mend the name: Kind/namespace/name`,
    field: '',
    ...(at !== undefined && { at }),
  };
}

/** `720 calls of AWS a month become 1,440, and $0.40 become $0.80`. */
export function callsText({ base, head }: AwsCalls): string {
  const calls =
    base.calls === head.calls
      ? `${shownNumber(base.calls)} calls of AWS a month, as before`
      : `${shownNumber(base.calls)} calls of AWS a month become ${shownNumber(head.calls)}`;
  const [before, after] = [base, head].map(({ dollars }) => `$${dollars.toFixed(2)}`);
  return base.dollars === 0 && head.dollars === 0
    ? calls
    : `${calls}, and ${before} become ${after}`;
}

/** What becomes of a Secret, and how that looks: the worst first. */
export function fateOf(effect: SecretEffect): {
  readonly text: string;
  readonly tone: 'added' | 'removed' | 'changed' | 'block';
} {
  const { base, head, isSourceChanged } = effect;
  if (head === undefined) return { text: 'gone', tone: 'removed' };
  if (head.state === 'missing') return { text: 'nothing makes it, and it is read', tone: 'block' };
  if (head.missingKeys.length > 0) return { text: 'lacks a key that is read', tone: 'block' };
  if (base === undefined) return { text: 'new', tone: 'added' };
  return { text: isSourceChanged ? 'its values may change' : partsText(effect), tone: 'changed' };
}

/** What changes of a Secret beside its values: `its keys and readers change`. */
function partsText(effect: SecretEffect): string {
  const { base, head, addedKeys, removedKeys } = effect;
  const hasKeys = addedKeys.length + removedKeys.length > 0 || base?.isOpen !== head?.isOpen;
  const hasReaders = JSON.stringify(base?.readers) !== JSON.stringify(head?.readers);
  const text = inWords([
    ...(hasKeys ? ['keys'] : []),
    ...(refreshChange(effect) === undefined ? [] : ['refresh']),
    ...(hasReaders ? ['readers'] : []),
  ]);
  if (text === '') return 'it is made otherwise';
  return `its ${text} ${text === 'refresh' ? 'changes' : 'change'}`;
}

/** When a Secret is fetched, if that changes: `1h0m0s → 30m0s`. */
export function refreshChange({ base, head }: SecretEffect): string | undefined {
  if (base === undefined || head === undefined) return undefined;
  const [was, is] = [base, head].map(({ makers }) =>
    makers.flatMap(({ refresh = [] }) => refresh).join(', '),
  );
  return was === is || was === '' || is === '' ? undefined : `${was} → ${is}`;
}

/** The stores and generators of which a Secret fetches other keys than before, and these keys. */
export function sourceChanges({
  base,
  head,
}: SecretEffect): { source: string; added: string[]; removed: string[] }[] {
  if (head === undefined) return [];
  const [before, after] = [sourcesOf(base), sourcesOf(head)];
  const keysOf = (sources: readonly FlowSource[] = []): string[] =>
    sources.flatMap(({ remoteKeys }) => remoteKeys);
  return [...new Map([...before, ...after])].flatMap(([name, [source]]) => {
    const [was, is] = [keysOf(before.get(name)), keysOf(after.get(name))];
    const added = is.filter(key => !was.includes(key));
    const removed = was.filter(key => !is.includes(key));
    if (source === undefined || added.length + removed.length === 0) return [];
    return [{ source: objectText(source), added, removed }];
  });
}

/** By their names, as several makers may fetch from the same store. */
function sourcesOf(secret: FlowSecret | undefined): Map<string, FlowSource[]> {
  const all = (secret?.makers ?? []).flatMap(({ sources }) => sources);
  return groupBy(all, ({ kind, namespace = '', name }) => `${kind}/${namespace}/${name}`);
}
