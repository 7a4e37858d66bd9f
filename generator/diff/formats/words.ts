import type { Finding, ObjectName } from '../../core/finding.ts';
import { oneLine, placeText, objectText as textOf } from '../../report/text.ts';
import type { SideName } from '../comparison.ts';
import {
  type EnvironmentReview,
  type InEnvironments,
  isOpen,
  type NewFinding,
  newErrors,
  type Review,
  type ReviewedRisk,
  type SecretEffect,
  type ShownField,
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

/** Where something is: `apps/web.yaml:3:5 (base)`. Empty if it has no place. */
export function placeOf({ at, side }: Pick<Finding, 'at'> & { readonly side?: SideName }): string {
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

/** `shop/login`, or the name alone if there is no namespace. */
export function nameText({ namespace = '', name }: Omit<ObjectName, 'kind'>): string {
  return oneLine(namespace === '' ? name : `${namespace}/${name}`);
}

/** The names of environments. Manifests that belong to none have no name. */
export function shownNames(environments: readonly string[]): string[] {
  return environments.filter(name => name !== '').map(oneLine);
}

/** The name of a unit. One without a name is the folder of the side. */
export function unitText(environment: string): string {
  return environment === '' ? 'the folder itself' : oneLine(environment);
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
