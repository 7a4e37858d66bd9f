import { groupBy } from '../../core/json.ts';
import { oneLine } from '../../report/text.ts';
import { type ChangeGroup, isOpen, type Review, type ReviewedRisk } from '../review.ts';
import { nameText, shownEnvironments } from './words.ts';

export interface ShortReview {
  readonly review: Review;
  /** The folder that all units are below, with a slash at its end. Empty if there is none of some length. */
  readonly below: string;
}

/** A folder of so many characters is left out. */
const LONG = 8;

/** Takes the folder that all shown units are below out of their names. */
export function withShortNames(review: Review): ShortReview {
  const below = commonFolder(namesIn(review));
  if (below === '') return { review, below };
  const short = (name: string): string =>
    name.startsWith(below) ? name.slice(below.length) : name;
  const within = <T extends { readonly environments: readonly string[] }>(entry: T): T => ({
    ...entry,
    environments: entry.environments.map(short),
  });
  const at = <T extends { readonly environment: string }>(entry: T): T => ({
    ...entry,
    environment: short(entry.environment),
  });
  return {
    below,
    review: {
      ...review,
      environments: review.environments.map(reviewed => ({
        ...reviewed,
        name: short(reviewed.name),
      })),
      risks: review.risks.map(within),
      findings: review.findings.map(within),
      secrets: review.secrets.map(within),
      broken: review.broken.map(at),
      awsCalls: review.awsCalls.map(at),
      versions: review.versions.map(version => ({ ...version, objects: version.objects.map(at) })),
      changes: review.changes.map(group => ({
        ...group,
        objects: group.objects.map(object => ({
          ...object,
          environment: short(object.environment),
          ...(object.movedFrom !== undefined && { movedFrom: short(object.movedFrom) }),
        })),
      })),
    },
  };
}

function namesIn(review: Review): Set<string> {
  const { risks, findings, secrets, changes, broken, awsCalls } = review;
  const names = [
    ...shownEnvironments(review).map(({ name }) => name),
    ...[...risks, ...findings, ...secrets].flatMap(({ environments }) => environments),
    ...[...broken, ...awsCalls].map(({ environment }) => environment),
    ...changes.flatMap(({ objects }) =>
      objects.flatMap(({ environment, movedFrom = '' }) => [environment, movedFrom]),
    ),
  ];
  return new Set(names.filter(name => name !== ''));
}

/** The applier of a unit comes after its folder: `apps/shop (Kustomization flux-system/shop)`. */
function commonFolder(names: ReadonlySet<string>): string {
  const [first = [], ...others] = [...names].map(name => name.replace(/ \(.*$/, '').split('/'));
  const most = Math.min(...[first, ...others].map(steps => steps.length - 1));
  let count = 0;
  while (count < most && others.every(steps => steps[count] === first[count])) count += 1;
  const folder = count === 0 ? '' : `${first.slice(0, count).join('/')}/`;
  return names.size < 2 || folder.length < LONG ? '' : folder;
}

/** Risks of one rule that differ only by the name of their object. */
export interface RiskGroup {
  readonly risks: readonly [ReviewedRisk, ...ReviewedRisk[]];
  /** True of each risk. If there are several, "…" stands for the name. */
  readonly message: string;
  readonly hint: string;
}

/** Risks in groups, each where its first risk is. An acknowledged risk is alone, as it has a reason of its own. */
export function riskGroups(risks: readonly ReviewedRisk[]): RiskGroup[] {
  const groups = groupBy(risks, risk => {
    const { level, rule } = risk;
    return isOpen(risk)
      ? JSON.stringify([level, rule, nameless(risk, 'message'), nameless(risk, 'hint')])
      : risk;
  });
  return [...groups.values()].map(all => ({
    risks: all,
    message: sharedText(all, 'message'),
    hint: sharedText(all, 'hint'),
  }));
}

/** The message or hint of several risks. */
function sharedText([first, ...others]: RiskGroup['risks'], text: 'message' | 'hint'): string {
  const isSame = others.every(other => other[text] === first[text]);
  return isSame ? first[text] : nameless(first, text);
}

/** The message or hint of a risk with "…" for the name of its object. */
function nameless(risk: ReviewedRisk, text: 'message' | 'hint'): string {
  return risk[text].replaceAll(`"${risk.object.name}"`, '"…"');
}

/** Changes that are shown as one entry: one, or many objects of a kind that come or go alike. */
export interface Bundle {
  readonly what: ChangeGroup['what'];
  readonly groups: readonly [ChangeGroup, ...ChangeGroup[]];
}

/** So many objects of one kind are shown one by one. */
const FEW = 3;

/** Changes in bundles: what comes or goes of one kind, in the same units, with the same outcome; not `isAlone`. */
export function bundlesOf(
  changes: readonly ChangeGroup[],
  isAlone: (group: ChangeGroup) => boolean = () => false,
): Bundle[] {
  const bundles = groupBy(changes, group => (isAlone(group) ? group : (alikeKey(group) ?? group)));
  return [...bundles.values()].flatMap(groups =>
    groups.length > FEW
      ? [{ what: groups[0].what, groups }]
      : groups.map((group): Bundle => ({ what: group.what, groups: [group] })),
  );
}

function alikeKey({ what, objects }: ChangeGroup): string | undefined {
  if (what === 'changed' || objects.some(({ pair }) => pair !== undefined)) return undefined;
  const shared = objects.map(({ kind, environment, outcome }) => [kind, environment, outcome]);
  return JSON.stringify([what, shared]);
}

/** `12 ConfigMaps`. */
export function bundleTitle({ groups }: Bundle): string {
  return `${groups.length} ${plural(oneLine(groups[0].objects[0]?.kind ?? ''))}`;
}

/** `NetworkPolicies`, `Ingresses`. */
function plural(kind: string): string {
  if (/[^aeiou]y$/.test(kind)) return `${kind.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/.test(kind) ? `${kind}es` : `${kind}s`;
}

/** The names of the objects: `shop/settings`. */
export function bundleNames({ groups }: Bundle): string[] {
  return groups.map(({ objects: [first] }) => (first === undefined ? '' : nameText(first)));
}

/** What all objects of a bundle have in common. */
export function bundleFacts({ groups: [{ objects }] }: Bundle): {
  readonly environments: readonly string[];
  readonly outcome?: string;
} {
  const outcome = objects[0]?.outcome;
  return {
    environments: objects.map(({ environment }) => environment),
    ...(outcome !== undefined && { outcome }),
  };
}

/** The units that several objects move between without a change. Undefined: this is another change. */
export function moveOf({
  objects,
  fields,
}: ChangeGroup): { readonly from: string; readonly to: string } | undefined {
  const [first] = objects;
  if (first?.movedFrom === undefined || fields.length > 0 || objects.length < 2) return undefined;
  return { from: first.movedFrom, to: first.environment };
}
