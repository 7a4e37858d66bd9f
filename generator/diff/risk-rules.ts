import { groupBy, sortBy } from '../core/json.ts';
import { argoApplication } from '../kinds/argocd/application.ts';
import { fluxKustomization } from '../kinds/flux/kustomization.ts';
import { objectIdentity, type PlacedObject } from '../kinds/kind.ts';
import { coreNamespace } from '../kinds/kubernetes.ts';
import { deletionOf, heldUp, idsOnHead, isOnHead, isUnapplied } from './appliers.ts';
import { applierOf, type Diff, environmentOf, isSameObject, removedOf } from './diff.ts';
import type { RelatedObject, Risk, RiskRule } from './risk.ts';
import { LEVELS, theObject, worstOf } from './risk.ts';
import * as list from './risk-list.ts';

export interface FoundRisk extends Risk {
  readonly rule: RiskRule;
  readonly level: RiskRule['level'];
  readonly environment: string;
}

/** All risks of a diff by environment, the worst first, then by object and rule. */
export function checkRisks(diff: Diff, only: readonly RiskRule[] = riskRules): FoundRisk[] {
  const removed = new Set(removedOf(diff).map(({ base }) => base));
  const found = only.flatMap(rule =>
    [...rule.check(diff)].map(risk => {
      const { side, object } = risk;
      const isSafe = side === 'base' && isUnapplied(diff, object);
      const level = isSafe ? 'warn' : (risk.level ?? rule.level);
      const gone = removed.has(object) && { outcome: deletionOf(diff, object).text };
      const environment = environmentOf(diff, object);
      const whole: FoundRisk = { environment, ...gone, ...risk, rule, level };
      // A risk with an outcome, such as an object that is made anew, is not refused.
      const isRefused = rule.refuses && level === 'block' && whole.outcome === undefined;
      return isRefused ? refused(whole, diff) : whole;
    }),
  );
  return sortBy(found, ({ level, object, rule, path, message }) => {
    const key = [LEVELS.indexOf(level), objectIdentity(object), rule.id, path, message];
    return `${environmentOf(diff, object)}\0${JSON.stringify(key)}`;
  });
}

/** What a refused object keeps from being applied (docs/facts/flux.md#order, docs/facts/argocd.md#refused-objects). */
function refused(risk: FoundRisk, diff: Diff): FoundRisk {
  const applier = applierOf(diff, risk.object);
  if (applier === undefined) return risk;
  const outcome =
    applier.knownKind === fluxKustomization
      ? `nothing that ${theObject(applier)} applies is applied any more, but definitions and Namespaces`
      : `the sync of ${theObject(applier)} fails, and nothing of later waves is applied`;
  return { ...risk, outcome, related: [...(risk.related ?? []), ...heldUp(diff, applier)] };
}

export const riskRules: readonly RiskRule[] = sortBy(Object.values<RiskRule>(list), ({ id }) => id);

/** Joins the risks of one cause, at the level of the worst. An acknowledged risk stays alone, unless the first is acknowledged too. */
export function oncePerCause(
  diff: Diff,
  risks: readonly FoundRisk[],
  isAcknowledged: (risk: FoundRisk) => boolean,
): RiskOfCause[] {
  const byCause = groupBy(risks, risk => {
    const cause = causeOf(diff, risk);
    return cause === undefined ? risk : objectIdentity(cause);
  });
  return [...byCause.values()].flatMap(group => {
    const [first, ...others] = sortBy(group, risk => rank(risk, causeOf(diff, risk)));
    if (first === undefined) return [];
    const isCovered = isAcknowledged(first);
    const covered = others.filter(risk => isCovered || !isAcknowledged(risk));
    const alone = others.filter(risk => !covered.includes(risk));
    return [asOne(first, covered), ...alone.map(risk => asOne(risk, []))];
  });
}

interface RiskOfCause extends FoundRisk {
  readonly parts: readonly FoundRisk[];
}

function rank({ object, cause: named, level }: FoundRisk, cause: PlacedObject | undefined): string {
  const isNamed = isSameObject(named, cause);
  const isOfKind = isNamed && object.knownKind === cause?.knownKind;
  const order = [isSameObject(object, cause), isOfKind, isNamed, true].indexOf(true);
  return `${order}${LEVELS.indexOf(level)}`;
}

const SHOWN = 30;

function asOne(first: FoundRisk, risks: readonly FoundRisk[]): RiskOfCause {
  if (risks.length === 0) return { ...first, parts: risks };
  const parts = risks.map(({ object, path, side, message, rule }): RelatedObject => {
    return { object, path, side, note: `${message} [${rule.id}]` };
  });
  const [worst] = sortBy(risks, ({ level }) => String(LEVELS.indexOf(level)));
  const level = worstOf([first.level, worst?.level ?? first.level]);
  const named = new Set([first, ...parts].map(({ object }) => objectIdentity(object)));
  const places = [first, ...risks].flatMap(({ related = [] }) => related);
  const byObject = groupBy(places, ({ object }) => objectIdentity(object));
  const others = [...byObject].flatMap(([id, [place]]) => (named.has(id) ? [] : place));
  return {
    ...first,
    parts: risks,
    level,
    // If another risk sets the level, the sentence says that risk too.
    message: level === first.level ? first.message : `${first.message}; ${worst?.message}`,
    related: shortList([...parts, ...others]),
  };
}

function shortList(places: readonly RelatedObject[]): RelatedObject[] {
  const more = places.length - SHOWN;
  return places.slice(0, SHOWN).map((place, index) => {
    const isLast = more > 0 && index === SHOWN - 1;
    return isLast ? { ...place, note: `${place.note}; and so it is with ${more} more` } : place;
  });
}

function causeOf(diff: Diff, risk: FoundRisk): PlacedObject | undefined {
  const start = risk.cause ?? (risk.side === 'base' ? risk.object : undefined);
  if (start === undefined || (risk.cause === undefined && !isGone(diff, start))) return undefined;
  const passed = new Set<string>();
  let cause = start;
  for (;;) {
    passed.add(objectIdentity(cause));
    const above = removedAbove(diff, cause);
    if (above === undefined || passed.has(objectIdentity(above))) return cause;
    cause = above;
  }
}

function removedAbove(diff: Diff, object: PlacedObject): PlacedObject | undefined {
  if (!isGone(diff, object)) return undefined;
  const { namespace, written } = object;
  const home = diff.base.find(coreNamespace, '', namespace);
  const above = [written?.by, applierOf(diff, object), home];
  return above.find(candidate => candidate !== undefined && isGone(diff, candidate));
}

function isGone(diff: Diff, object: PlacedObject): boolean {
  return object.knownKind === argoApplication
    ? !isOnHead(diff, object)
    : !idsOnHead(diff).has(objectIdentity(object));
}
