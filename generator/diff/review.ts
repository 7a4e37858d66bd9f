import type { AwsMonth } from '../capacity/capacity.ts';
import type { Finding, ObjectFinding, ObjectName, Place, RelatedObject } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import type { Doubt } from '../lint/report.ts';
import type { FlowSecret } from '../report/flow.ts';
import type { Level } from './risk.ts';

/**
 * A rendered diff, judged: what every format prints. Values are masked already, and names may
 * still hold any character.
 */
export interface Review {
  /** What is compared, as a person names it: `origin/main`, `the working tree`. */
  readonly base: string;
  readonly head: string;
  readonly environments: readonly EnvironmentReview[];
  /** The worst first; the same in several environments once. */
  readonly risks: readonly ReviewedRisk[];
  readonly changes: readonly ChangeGroup[];
  readonly secrets: readonly SecretEffect[];
  /** What ESO asks AWS for, where that changes. */
  readonly awsCalls: readonly AwsCalls[];
  /** What lint finds on head and did not on base. */
  readonly findings: readonly NewFinding[];
  /** What the change may miss, and what may make it. */
  readonly doubts: readonly Doubt[];
  /** What could not be read, of either side: those environments are not compared. */
  readonly broken: readonly BrokenSide[];
  /** Acknowledgements that no risk needs any more. */
  readonly unused: readonly Acknowledgement[];
  /** What else was not taken as it stands: acknowledgements with a fault, files that were skipped. */
  readonly notices: readonly Finding[];
  /** What cannot be seen of this change, in words: charts, what is remote, variables. */
  readonly unseen: readonly string[];
  /** Where on head something is shown that only base has. */
  readonly fileOnHead: (file: string, environments: readonly string[]) => string | undefined;
}

export interface EnvironmentReview {
  /** Empty for manifests that belong to no environment. */
  readonly name: string;
  readonly presence: 'both' | 'only base' | 'only head' | 'broken';
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** Objects that are written differently and mean the same. */
  readonly noise: number;
  /** Unacknowledged risks. */
  readonly risks: Readonly<Record<Level, number>>;
}

/** A change that hurts: its place is in the file of its side, and what blocks is an error. */
export interface ReviewedRisk extends ObjectFinding {
  readonly level: Level;
  readonly environments: readonly string[];
  /** What Argo CD will do with a removed object. */
  readonly outcome?: string;
  readonly side: 'base' | 'head';
  readonly related: readonly (RelatedObject & { readonly side: 'base' | 'head' })[];
  readonly acknowledged?: Acknowledgement;
}

/** Somebody knows of a risk and wants the change. */
export interface Acknowledgement {
  readonly rule: string;
  readonly object: string;
  readonly environment?: string;
  readonly reason: string;
  readonly at?: Place;
}

/** The same change to one object or several, in one environment or several. */
export interface ChangeGroup {
  /** replaced: it was there under another name or in another namespace, is deleted and made anew. */
  readonly what: 'added' | 'removed' | 'changed' | 'replaced';
  readonly objects: readonly ChangedObject[];
  /** Empty for what is added or removed. */
  readonly fields: readonly ShownField[];
  /** The objects of the first, whole and masked, on the sides that have them. */
  readonly manifests: () => { readonly base?: JsonObject; readonly head?: JsonObject };
}

export interface ChangedObject extends ObjectName {
  readonly environment: string;
  /** The unit that applied it before, where another one does now. */
  readonly movedFrom?: string;
  /** The likely other end of a rename: what it was, or what it becomes where that is not told of. */
  readonly pair?: ObjectName;
  /** What becomes of a removed object, or of the one that it replaces. */
  readonly outcome?: string;
}

export interface ShownField {
  readonly what: 'added' | 'removed' | 'changed' | 'reordered';
  readonly field: string;
  /** One line of YAML or several; absent on a side that has no such field. */
  readonly base?: string;
  readonly head?: string;
  /** Something in it is hidden; whether it changed is said by `what`. */
  readonly isHidden: boolean;
}

/** What becomes of a Secret. */
export interface SecretEffect {
  readonly environments: readonly string[];
  readonly base?: FlowSecret;
  readonly head?: FlowSecret;
  readonly addedKeys: readonly string[];
  readonly removedKeys: readonly string[];
  /** What its values come from changes: the store, a path, or the template. */
  readonly isSourceChanged: boolean;
}

/** How many calls ESO makes to AWS in a month, and what they cost, before and after. */
export interface AwsCalls {
  readonly environment: string;
  readonly base: AwsMonth;
  readonly head: AwsMonth;
}

export interface NewFinding extends Finding {
  readonly environments: readonly string[];
}

export interface BrokenSide {
  readonly side: 'base' | 'head';
  readonly environment: string;
  readonly finding: Finding;
}

/** An entry of a kustomization that is left out, and the unit that it is left out of. */
export interface LeftOut {
  readonly environment: string;
  readonly finding: Finding;
}

/** Whether nobody has acknowledged a risk. */
export function isOpen({ acknowledged }: ReviewedRisk): boolean {
  return acknowledged === undefined;
}

/** The risks that keep a change from being merged. */
export function blockers({ risks }: Review): ReviewedRisk[] {
  return risks.filter(risk => risk.level === 'block' && isOpen(risk));
}

/** Whether all was read and judged that a change can touch, as far as manifests tell. */
export function isWhole(review: Review): boolean {
  const { doubts, unseen, notices } = review;
  const isMade = notices.every(({ rule }) => rule !== UNMADE);
  const isAll = doubts.length === 0 && unseen.every(text => text === ALWAYS);
  return !isBroken(review) && isMade && isAll;
}

/** Whether something could not be read: then a review is not whole, and proves nothing. */
export function isBroken({ broken, notices }: Review): boolean {
  return broken.length > 0 || notices.some(({ severity }) => severity === 'error');
}

/** What no manifests tell, where there is nothing else to say. */
export const ALWAYS = 'values in their stores, and what a cluster has beside these manifests';

/** That a tree is not what its spec makes. */
export const STALE = 'stale-tree';

/** That a spec has faults, so it makes nothing that a tree could be held against. */
export const UNMADE = 'unmade-tree';

/** Whether a notice is said before all else. */
function isFirst({ rule }: Finding): boolean {
  return rule === STALE || rule === UNMADE;
}

/** What else was not taken as it stands. What is left out of a unit is told of with what cannot be seen. */
export function toldNotices({ notices }: Review): Finding[] {
  return notices.filter(notice => notice.rule !== 'not-read' && !isFirst(notice));
}

/** What is said before all else. */
export function firstNotices({ notices }: Review): Finding[] {
  return notices.filter(isFirst);
}

/** Something that is said of an environment, or of several. */
interface Said {
  readonly environments: readonly string[];
}

/**
 * What is said alike of several environments, said once. Environments differ by their namespaces,
 * so a key leaves those out; what one environment has twice, in two namespaces, stays two.
 */
export function onceForAll<T extends Said>(all: readonly T[], keyOf: (entry: T) => string): T[] {
  const environments = new Set(all.flatMap(entry => entry.environments));
  if (environments.size < 2) return [...all];
  const groups: { readonly entry: T; readonly environments: string[] }[] = [];
  const alike = new Map<string, typeof groups>();
  for (const entry of all) {
    const key = keyOf(entry);
    const twins = alike.get(key) ?? [];
    alike.set(key, twins);
    const twin = twins.find(({ environments }) =>
      entry.environments.every(name => !environments.includes(name)),
    );
    if (twin !== undefined) twin.environments.push(...entry.environments);
    else {
      const group = { entry, environments: [...entry.environments] };
      twins.push(group);
      groups.push(group);
    }
  }
  return groups.map(({ entry, environments }) => ({ ...entry, environments }));
}
