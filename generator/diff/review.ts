import type { AwsMonth } from '../capacity/costs.ts';
import type { Finding, ObjectName, Place } from '../core/finding.ts';
import { type JsonObject, sortBy } from '../core/json.ts';
import type { Doubt } from '../lint/report.ts';
import type { FlowSecret } from '../report/flow.ts';
import { oneLine, placeText, objectText as textOf } from '../report/text.ts';
import type { Both, SideName } from './diff.ts';
import { inWords, type Level } from './risk.ts';

/** A judged diff, which every format prints. Values are masked already; names may have any character. */
export interface Review {
  /** The sides as people name them: `origin/main`, `the working tree`. */
  readonly base: string;
  readonly head: string;
  readonly environments: readonly EnvironmentReview[];
  readonly risks: readonly ReviewedRisk[];
  readonly changes: readonly ChangeGroup[];
  readonly versions: readonly VersionChange[];
  readonly secrets: readonly SecretEffect[];
  readonly awsCalls: readonly AwsCalls[];
  readonly findings: readonly NewFinding[];
  readonly doubts: readonly Doubt[];
  readonly broken: readonly BrokenSide[];
  /** Acknowledgements that no risk needs. */
  readonly unused: readonly Acknowledgement[];
  readonly notices: readonly Finding[];
  /** What the compared manifests do not show, such as changed files that something else reads. */
  readonly unseen: readonly string[];
  readonly fileOnHead: (file: string, environments: readonly string[]) => string | undefined;
}

export interface EnvironmentReview {
  readonly name: string;
  readonly presence: 'both' | 'only base' | 'only head' | 'broken';
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Objects that are written otherwise, without any effect. */
  readonly noise: number;
  readonly risks: Readonly<Record<Level, number>>;
}

/** A change that hurts. Its place is on its side, and a blocker is an error. */
export interface ReviewedRisk extends NewFinding {
  readonly hint: string;
  readonly object: ObjectName;
  readonly level: Level;
  /** Whether its object keeps data, which comes before all else of its level: nobody can make it good. */
  readonly keepsData?: boolean;
  readonly outcome?: string;
  readonly side: SideName;
  readonly related: readonly (Pick<ReviewedRisk, 'object' | 'at' | 'side'> & {
    readonly note: string;
  })[];
  readonly acknowledged?: Acknowledgement;
}

export interface Acknowledgement {
  readonly rule: string;
  readonly object: string;
  readonly environment?: string;
  readonly reason: string;
  readonly at?: Place;
}

export interface ChangeGroup {
  /** `replaced`: deleted, and created under another name or in another namespace. */
  readonly what: 'added' | 'removed' | 'changed' | 'replaced';
  readonly objects: readonly ChangedObject[];
  readonly fields: readonly ShownField[];
  /** The first object, whole and masked, on the sides that have it. */
  readonly manifests: () => Partial<Both<JsonObject>>;
}

export interface ChangedObject extends ObjectName {
  readonly environment: string;
  readonly movedFrom?: string;
  readonly pair?: ObjectName;
  readonly outcome?: string;
}

export interface ShownField {
  readonly what: 'added' | 'removed' | 'changed' | 'reordered';
  readonly field: string;
  /** One line of YAML or several. Absent: the side does not have the field. */
  readonly base?: string | undefined;
  readonly head?: string | undefined;
  readonly isHidden: boolean;
}

export interface VersionChange extends Both<string> {
  readonly what: 'image' | 'chart' | 'source';
  readonly name: string;
  readonly isMajor: boolean;
  readonly objects: readonly (ObjectName & { readonly environment: string })[];
}

export interface InEnvironments {
  readonly environments: readonly string[];
  readonly namespaces?: readonly string[];
}

export interface SecretEffect extends InEnvironments, Partial<Both<FlowSecret>> {
  readonly addedKeys: readonly string[];
  readonly removedKeys: readonly string[];
  /** The source of its values changes: the store, a path, or the template. */
  readonly isSourceChanged: boolean;
}

export interface AwsCalls extends Both<AwsMonth> {
  readonly environment: string;
}

export interface NewFinding extends Finding, InEnvironments {}

export interface UnitFinding {
  readonly environment: string;
  readonly finding: Finding;
}

export interface BrokenSide extends UnitFinding {
  readonly side: SideName;
}

/** Whether nobody has acknowledged a risk. */
export function isOpen({ acknowledged }: ReviewedRisk): boolean {
  return acknowledged === undefined;
}

/** The risks that keep a change from being merged. */
export function blockers({ risks }: Review): ReviewedRisk[] {
  return risks.filter(risk => risk.level === 'block' && isOpen(risk));
}

/** What lint finds on head and not on base, as far as it is an error: the apply fails, or the pods do not start. */
export function newErrors({ findings }: Review): NewFinding[] {
  return findings.filter(({ severity }) => severity === 'error');
}

/** Whether everything was read that the change can affect. */
export function isWhole(review: Review): boolean {
  const { doubts, unseen, notices } = review;
  const isUnread = isBroken(review) || notices.some(({ rule }) => UNREAD.has(rule));
  return !isUnread && doubts.length === 0 && unseen.every(text => text === ALWAYS);
}

/** Whether something could not be read: then the review proves nothing. */
export function isBroken({ broken, notices }: Review): boolean {
  return broken.length > 0 || notices.some(({ severity }) => severity === 'error');
}

/** What no manifest shows: the last word where everything else was seen. */
export const ALWAYS = 'values in their stores, and what a cluster has beside these manifests';

/** Rules of notices: units that cannot be read before and after, and of which no file is changed. */
export const LEFT_ALONE = 'left-alone';
/** Units that could not be built on base, and can be on head. */
export const MENDED = 'mended';
/** A tree that is not what its spec makes. */
export const STALE = 'stale-tree';
/** A spec with faults, so that its tree cannot be checked. */
export const UNMADE = 'unmade-tree';
/** Another version of a remote repository is used. */
export const MOVED = 'moved-remote';

/** A warning about what was compared, or not, with what to do. */
export function notice(rule: string, message: string, hint: string): Finding {
  return { rule, severity: 'warning', message, hint, field: '' };
}

const UNREAD: ReadonlySet<string> = new Set([UNMADE, LEFT_ALONE, MENDED, MOVED]);

/** Whether a notice comes before everything else. */
export function isFirst({ rule }: Finding): boolean {
  return rule === STALE || rule === UNMADE;
}

/** The other notices. What is left out of a unit is in `unseen`. */
export function otherNotices({ notices }: Review): Finding[] {
  return notices.filter(notice => notice.rule !== 'not-read' && !isFirst(notice));
}

/** Joins equal entries of several environments; two entries of one environment stay two. */
export function onceForAll<T extends InEnvironments>(
  all: readonly T[],
  keyOf: (entry: T) => string,
  objectOf: (entry: T) => Pick<ObjectName, 'namespace'> | undefined,
): T[] {
  if (new Set(all.flatMap(({ environments }) => environments)).size < 2) return [...all];
  const groups: T[][] = [];
  const byKey = new Map<string, typeof groups>();
  for (const entry of all) {
    const key = keyOf(entry);
    const sameKey = byKey.get(key) ?? [];
    const isApart = (item: T) => !item.environments.some(name => entry.environments.includes(name));
    const group = sameKey.find(entries => entries.every(isApart)) ?? [];
    if (group.push(entry) > 1) continue;
    byKey.set(key, [...sameKey, group]);
    groups.push(group);
  }
  return groups.flatMap(group => {
    const entries = sortBy(group, ({ environments: [name = ''] }) => name);
    const namespaces = entries.flatMap(entry =>
      entry.environments.map(() => objectOf(entry)?.namespace ?? ''),
    );
    const environments = entries.flatMap(entry => entry.environments);
    const isApart = new Set(namespaces).size > 1;
    return entries
      .slice(0, 1)
      .map(entry => ({ ...entry, environments, ...(isApart && { namespaces }) }));
  });
}

/** The environments with changes, risks or findings, and those that were not read. */
export function shownEnvironments({ environments, findings }: Review): EnvironmentReview[] {
  const found = new Set(findings.flatMap(finding => finding.environments));
  return environments.filter(({ name, presence, added, removed, changed, risks }) => {
    const hasRisks = risks.block + risks.high + risks.warn > 0;
    return presence !== 'both' || found.has(name) || hasRisks || added + removed + changed > 0;
  });
}

/** Where something is: `apps/web.yaml:3:5 (base)`. Empty if it has no place. */
export function placeOf({ at, side }: Pick<Finding, 'at'> & { readonly side?: SideName }): string {
  return at === undefined ? '' : `${placeText(at)}${side === 'base' ? ' (base)' : ''}`;
}

/** The note in place of a field's values. Undefined: its values are shown. */
export function noteOf({ what, base, head, isHidden }: ShownField): string | undefined {
  if (what === 'reordered') return 'another order';
  if (!isHidden || base !== head) return undefined;
  return base?.startsWith('… (') ? base : 'changed, not shown';
}

/** `Deployment shop/web`, on one line whatever the names hold. */
export function objectText(object: ObjectName): string {
  return oneLine(textOf(object));
}

/** The object of a risk, without its namespace if that differs between environments: they are listed with theirs. */
export function shownObject({ object, namespaces }: ReviewedRisk): string {
  const { kind, name } = object;
  return objectText(namespaces === undefined ? object : { kind, name });
}

/** `dev`, or `dev: shop-dev` of an object whose namespace differs from environment to environment. */
export function placesIn({ environments, namespaces }: InEnvironments): string[] {
  const inNamespace = (name: string, index: number): string =>
    namespaces ? `${name}: ${namespaces[index] || 'no namespace'}` : name;
  return shownNames(environments.map(inNamespace));
}

/** The names of environments. Manifests that belong to none have no name. */
export function shownNames(environments: readonly string[]): string[] {
  return environments.filter(name => name !== '').map(oneLine);
}

/** The name of a unit. One without a name is the folder of the side. */
export function unitText(environment: string): string {
  return environment === '' ? 'the folder itself' : oneLine(environment);
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
