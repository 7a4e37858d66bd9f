import type {
  Fault,
  Finding,
  ObjectFinding,
  ObjectName,
  Path,
  Place,
  RelatedObject,
} from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import { maskMessage } from '../core/mask.ts';
import { matchesGlob } from '../core/names.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { objectPattern } from '../lint/accept.ts';
import { located, relatedAt } from '../lint/check.ts';
import type { RuleFinding } from '../lint/check-graph.ts';
import type { Doubt } from '../lint/report.ts';
import type { FlowSecret } from '../report/flow.ts';
import type { FieldPlace } from '../world/places.ts';
import { locate, placesIn, type SourceFile } from '../yaml/places.ts';
import {
  type AcknowledgeEntry,
  invalidAcknowledgement,
  type ReviewConfig,
} from './acknowledgements.ts';
import type { AwsCalls } from './aws-calls.ts';
import { type Comparison, environmentOf } from './field-changes.ts';
import { LEVELS, type Level } from './risk.ts';
import type { FoundRisk } from './risk-rules.ts';

/** The place of a field of an object of one side. */
export type SideFieldPlace = (
  side: 'base' | 'head',
  object: PlacedObject,
  path: Path,
) => Place | undefined;

/** The risks as they are shown, the worst first; the same in several environments once. */
export function reviewedRisks(
  compared: readonly Compared[],
  acknowledgements: readonly AcknowledgementEntry[],
  placeOf: SideFieldPlace,
): ReviewedRisk[] {
  const all = compared.flatMap(({ comparison, risks }) =>
    risks.map(risk =>
      reviewedRisk(risk, environmentOf(comparison, risk.object), acknowledgements, placeOf),
    ),
  );
  return onceForAll(all, riskKey).sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

function riskKey({ rule, level, message, object, field, acknowledged }: ReviewedRisk): string {
  return JSON.stringify([rule, level, message, object.kind, object.name, field, acknowledged?.at]);
}

function reviewedRisk(
  found: FoundRisk,
  environment: string,
  acknowledgements: readonly AcknowledgementEntry[],
  placeOf: SideFieldPlace,
): ReviewedRisk {
  const { rule, level, side, outcome, related = [] } = found;
  const severity = level === 'block' ? 'error' : 'warning';
  const on = (wanted: typeof side): FieldPlace => placeOf.bind(undefined, wanted);
  const risk = {
    ...located(found, { id: rule.id, severity }, on(side)),
    level,
    ...(outcome !== undefined && { outcome }),
    side,
    environments: [environment],
    related: related.map(other => ({ ...relatedAt(other, on(other.side)), side: other.side })),
  };
  const acknowledged = acknowledgements.find(entry => entry.covers(risk, environment));
  return {
    ...risk,
    ...(acknowledged !== undefined && { acknowledged: acknowledgementOf(acknowledged) }),
  };
}

/** An acknowledgement, and the risks that it is about. */
export interface AcknowledgementEntry extends Acknowledgement {
  readonly covers: (risk: Pick<ReviewedRisk, 'rule' | 'object'>, environment: string) => boolean;
}

/** The acknowledgements of a change, and what is wrong with those that have no effect. */
export interface Acknowledgements {
  readonly entries: readonly AcknowledgementEntry[];
  readonly findings: readonly Finding[];
}

/** The acknowledgements that a file lists. */
export function acknowledgementsOf(
  { acknowledge = [] }: ReviewConfig,
  source: SourceFile | undefined,
): Acknowledgements {
  const places = source === undefined ? undefined : placesIn(source);
  const faults: Fault[] = [];
  const entries: AcknowledgementEntry[] = [];
  for (const [index, entry] of acknowledge.entries()) {
    const path = ['acknowledge', index];
    const fault = invalidAcknowledgement(entry);
    if (fault === undefined) entries.push({ ...covering(entry), ...at(places?.({ path })) });
    else faults.push({ id: 'acknowledgement', ...fault, path: [...path, ...fault.path] });
  }
  return { entries, findings: locate(faults, source) };
}

function covering(entry: AcknowledgeEntry): AcknowledgementEntry {
  const { reason = '', environment: wanted = '*' } = entry;
  const isAbout = objectPattern(entry.object);
  return {
    ...entry,
    reason: maskMessage(reason.trim()),
    covers: ({ rule, object }, environment) =>
      rule === entry.rule && isAbout(object) && matchesGlob(wanted, environment),
  };
}

/** An acknowledgement as it is shown. */
export function acknowledgementOf({ covers: _, ...shown }: AcknowledgementEntry): Acknowledgement {
  return shown;
}

function at(place: Acknowledgement['at']): Pick<Acknowledgement, 'at'> {
  return place === undefined ? {} : { at: place };
}

/** In words, what is wrong with an acknowledgement that no risk needs. */
export function unusedText({ rule, object, environment }: Acknowledgement): string {
  const where = environment === undefined ? '' : ` in ${environment}`;
  return `nothing is acknowledged here: "${object}" has no risk "${rule}"${where}; remove the entry, or mend the name: Kind/namespace/name`;
}

/** An environment that was compared, and what was found in it. */
export interface Compared {
  readonly comparison: Comparison;
  /** The sides that have each of its environments. */
  readonly presence: ReadonlyMap<string, 'both' | 'only base' | 'only head'>;
  readonly risks: readonly FoundRisk[];
  /** What may be missing on head, and made by something that was not read. */
  readonly doubted: readonly RuleFinding[];
  /** Of head, and not of base. */
  readonly findings: readonly NewFinding[];
}

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
