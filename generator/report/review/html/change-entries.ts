import { LEVELS } from '../../../review/risks/risk-rule.ts';
import { oneLine } from '../../one-line.ts';
import type { ChangedObject, ChangeGroup, Review } from '../review.ts';
import { isOpen } from '../verdict.ts';
import { objectText, unitText } from '../words.ts';
import { type FieldEntry, fieldEntry } from './field-entry.ts';
import {
  areWholesale,
  type FilterLevel,
  type FilterTags,
  levelOf,
  levelsOf,
  type PlacedRisk,
  type RisksOf,
} from './filter-tags.ts';
import { linesOf, type Passage, sideBySide } from './sides.ts';

/** A change on the page: of one object, or the same change of several. */
export interface ChangeEntry {
  readonly id: string;
  readonly what: ChangeGroup['what'];
  readonly kind: string;
  /** The name that all its objects have; empty where they have several. */
  readonly name: string;
  readonly objects: readonly ObjectLine[];
  readonly fields: readonly FieldEntry[];
  readonly risks: readonly {
    readonly id: string;
    readonly rule: string;
    readonly level: FilterLevel;
  }[];
  /** Both manifests, of a change; the one there is, of an object that comes or goes. */
  readonly parts: readonly Passage[];
  readonly manifest: string;
  /** Whose manifests these are, where several objects change. */
  readonly shownOf: string;
  /** How many changes the manifests cannot show, as the values are hidden. */
  readonly hidden: number;
  /** It is no risk, and its environments come or go as a whole. */
  readonly isWholesale: boolean;
  readonly tags: FilterTags;
}

/** Objects of one name, and the environments that they are in. */
interface ObjectLine {
  readonly text: string;
  readonly environments: readonly string[];
  /** The other end of a rename, and what Argo CD does. */
  readonly notes: readonly string[];
}

/** The changes of a review; those with the worst risks first. */
export function changeEntries(review: Review, risksOf: RisksOf): ChangeEntry[] {
  const ranked = review.changes.map(group => {
    const risks = risksOfGroup(group, risksOf);
    const worst = Math.min(...risks.map(({ risk }) => rankOf(risk)), LEVELS.length);
    return { group, risks, worst };
  });
  ranked.sort((a, b) => a.worst - b.worst);
  return ranked.map(({ group, risks }, index) => {
    const entry = changeEntry(group, risks, `change-${index + 1}`);
    const isWholesale = risks.length === 0 && areWholesale(review, entry.tags.environments);
    return { ...entry, isWholesale };
  });
}

function rankOf(risk: PlacedRisk['risk']): number {
  return isOpen(risk) ? LEVELS.indexOf(risk.level) : LEVELS.length;
}

function risksOfGroup({ objects }: ChangeGroup, risksOf: RisksOf): PlacedRisk[] {
  const found = objects.flatMap(object => risksOf(object, object.environment));
  return [...new Map(found.map(placed => [placed.id, placed])).values()];
}

function changeEntry(
  { what, objects, fields, manifests }: ChangeGroup,
  risks: readonly PlacedRisk[],
  id: string,
): Omit<ChangeEntry, 'isWholesale'> {
  const [first] = objects;
  const { base, head } = manifests();
  const names = new Set(objects.map(({ name }) => name));
  const one = base === undefined ? head : head === undefined ? base : undefined;
  return {
    id,
    what,
    kind: oneLine(first?.kind ?? ''),
    name: names.size === 1 ? oneLine(first?.name ?? '') : '',
    objects: objectLines(what, objects),
    fields: fields.map(fieldEntry),
    risks: risks.map(({ id: to, risk }) => ({ id: to, rule: risk.rule, level: levelOf(risk) })),
    parts: base !== undefined && head !== undefined ? sideBySide(base, head) : [],
    manifest: one === undefined ? '' : linesOf(one).join('\n'),
    shownOf: objects.length > 1 && first !== undefined ? shownText(first) : '',
    hidden: fields.filter(field => field.isHidden && field.base === field.head).length,
    tags: {
      environments: objects.map(({ environment }) => environment),
      kinds: objects.map(({ kind }) => kind),
      levels: levelsOf(risks),
    },
  };
}

function shownText(object: ChangedObject): string {
  const where = object.environment === '' ? '' : ` in ${oneLine(object.environment)}`;
  return `${objectText(object)}${where}`;
}

function objectLines(what: ChangeGroup['what'], objects: readonly ChangedObject[]): ObjectLine[] {
  const lines = new Map<string, ObjectLine & { readonly environments: string[] }>();
  for (const object of objects) {
    const { environment, namespace, name } = object;
    const notes = notesOf(what, object);
    const text = oneLine(namespace === undefined ? name : `${namespace}/${name}`);
    const key = JSON.stringify([text, notes]);
    const line = lines.get(key) ?? { text, notes, environments: [] };
    lines.set(key, line);
    if (environment !== '') line.environments.push(oneLine(environment));
  }
  return [...lines.values()];
}

function notesOf(what: ChangeGroup['what'], { movedFrom, pair, outcome }: ChangedObject): string[] {
  const other = pair === undefined ? '' : objectText(pair);
  return [
    ...(other === '' ? [] : [`${what === 'added' ? 'was' : 'seems to become'} ${other}`]),
    ...(movedFrom === undefined ? [] : [`until now applied by ${unitText(movedFrom)}`]),
    ...(outcome === undefined ? [] : [`outcome: ${oneLine(outcome)}`]),
  ];
}
