import { awsMonth } from '../capacity/costs.ts';
import { type Finding, fieldOf } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, sortBy } from '../core/json.ts';
import { PUSH_SECRETS } from '../kinds/eso/external-secret.ts';
import { ESO, GENERATORS } from '../kinds/eso/group.ts';
import { unfilledVariables } from '../kinds/flux/kustomization.ts';
import { annotationOf, objectName, type PlacedObject } from '../kinds/kind.ts';
import { writtenAt, writtenObject } from '../kinds/kinds.ts';
import { coreNamespace, serviceAccount } from '../kinds/kubernetes.ts';
import { ACCEPT, type Entry, judge } from '../lint/accept.ts';
import { findingsAmid, inOrder } from '../lint/check.ts';
import { type LintConfig, outsideOf } from '../lint/config.ts';
import { doubtsOf } from '../lint/report.ts';
import type { ObjectFault } from '../lint/rule.ts';
import { rules } from '../lint/rules.ts';
import { shortened } from '../report/text.ts';
import { ATTRIBUTES } from '../world/git-tree.ts';
import type { ObjectSet } from '../world/object-set.ts';
import { type FieldPlace, locateFaults, shownField } from '../world/places.ts';
import { findingOf } from '../yaml/places.ts';
import type { Change, Diff, SideName, Sides } from './diff.ts';
import {
  applierOf,
  compare,
  environmentOf,
  isUntouched,
  objectOfChange,
  objectsOf,
} from './diff.ts';
import { changeGroups, secretEffects, versionChanges } from './effects.ts';
import { isCompared, lastingKey, notOnBase } from './facts/moves.ts';
import type { Acknowledgement, NewFinding, Review, ReviewedRisk } from './review.ts';
import { ALWAYS, isOpen, notice, onceForAll } from './review.ts';
import { LEVELS, type Level, type SideField } from './risk.ts';
import { checkRisks, type FoundRisk, oncePerCause } from './risk-rules.ts';
import { buildBroken } from './risks/build-broken.ts';
import { isCovering, type Pair, type ReadSides } from './side.ts';

/** Compares the sides, pair by pair, and judges what changes. The same in several environments comes once. */
export function reviewOf(sides: ReadSides, host: Host): Review {
  const { head, pairs, broken, labels, settings } = sides;
  const hasBroken = broken.length > 0 || pairs.some(({ failing = [] }) => failing.length > 0);
  const untouched = new Set(pairs.filter(isUntouched));
  const compared = pairs
    .filter(pair => !untouched.has(pair))
    .map(pair => comparedOf(pair, settings.lint, head.placeOf, host))
    // If no object of a pair changes, its findings come from the environment that could not be read.
    .map(pair =>
      hasBroken && pair.diff.changes.length === 0
        ? { ...pair, risks: pair.risks.filter(({ rule }) => rule === buildBroken), findings: [] }
        : pair,
    );
  const diffs = compared.map(({ diff }) => diff);
  const { acknowledgements: entries } = settings;
  const found = reviewedRisks(compared, sides);
  const { acknowledged, findings } = acknowledgedIn(findingsBesideRisks(compared), entries);
  const risks = [...found, ...acknowledged];
  return {
    ...labels,
    broken,
    notices: noticesOf(sides),
    fileOnHead: (file, environments) => {
      const { files, fileOf } = head;
      if (files.has(file)) return file;
      return environments.map(name => fileOf(name) ?? '').find(Boolean) ?? [...files][0];
    },
    environments: environmentReviews(compared, untouched, broken, risks),
    risks,
    changes: changeGroups(diffs, settings.isShown),
    versions: versionChanges(diffs),
    secrets: secretEffects(diffs),
    awsCalls: changedCalls(diffs),
    findings,
    doubts: doubtsOf(compared.flatMap(({ doubted }) => doubted)),
    unused: hasBroken ? [] : unusedOf(entries, compared),
    unseen: unseenOf(diffs, sides),
  };
}

type Compared = ReturnType<typeof comparedOf>;

function comparedOf(pair: Pair, config: LintConfig, placeOf: FieldPlace, host: Host) {
  const setOf = (set: ObjectSet) => ({ ...set, outside: outsideOf(config, set.outside) });
  const sides = { ...pair, base: setOf(pair.base), head: setOf(pair.head) };
  const diff = compare(sides, host.validators);
  const { findings: found, doubted } = newFindings(diff, sides, config.accept ?? []);
  const findings = found.flatMap(fault => {
    const environments = [environmentOf(diff, fault.object)];
    return locateFaults([fault], placeOf).map(finding => ({ ...finding, environments }));
  });
  return { diff, presence: pair.presence, risks: checkRisks(diff), doubted, findings };
}

/** What lint finds on head alone, as a message that stays the same if its object moves. On base only rules run that found something. */
function newFindings(diff: Diff, { base, head }: Sides, accept: readonly Entry[]) {
  // A rule that looks at each object by itself finds nothing new in one that has not changed.
  const changed = diff.changes.flatMap(change => (change.what === 'removed' ? [] : change.head));
  const isAsked = (object: PlacedObject): boolean => isCompared(diff)({ object });
  const found = findingsAmid(diff.head, changed, rules, isAsked);
  const keyOf = (fault: ObjectFault): string => `${fault.id} ${lastingKey(fault, diff)}`;
  const fresh = notOnBase(found, keyOf, () => {
    const fired = rules.filter(({ id }) => found.some(fault => fault.id === id));
    return findingsAmid(diff.base, base.objects, fired, isAsked).map(keyOf);
  });
  const sure = fresh.filter(({ doubt }) => doubt === undefined);
  const anew = new Set(acceptingAnew(diff));
  const settled = head.objects.filter(object => !anew.has(object));
  return {
    findings: sure.length === 0 ? [] : inOrder(judge(sure, settled, accept).open),
    doubted: fresh.filter(({ doubt }) => doubt !== undefined),
  };
}

/** Objects with an annotation of lint that base does not have: a change does not accept its own errors. */
function acceptingAnew({ changes }: Diff): PlacedObject[] {
  return changes.flatMap(change => {
    if (change.what === 'removed') return [];
    const was = change.what === 'added' ? change.was : change.base;
    const isKept = annotationOf(change.head, ACCEPT) === (was && annotationOf(was, ACCEPT));
    return isKept ? [] : change.head;
  });
}

function reviewedRisks(compared: readonly Compared[], sides: ReadSides): ReviewedRisk[] {
  const { acknowledgements } = sides.settings;
  const all = compared.flatMap(({ diff, risks }) => {
    const entryFor = (risk: FoundRisk) => acknowledgements.find(item => isCovered(item, risk));
    const shown = oncePerCause(diff, risks, risk => entryFor(risk) !== undefined);
    return shown.map((risk): ReviewedRisk => {
      const { rule, level, outcome, at } = risk;
      const entry = entryFor(risk);
      const severity = level === 'block' ? 'error' : 'warning';
      const fault = { ...risk, id: rule.id, severity } as const;
      const { hint = '', ...finding } = findingOf(fault, (field: SideField) => ({
        ...shownField(field, sides[field.side].placeOf),
        side: field.side,
      }));
      const parts = [risk, ...risk.parts];
      const kinds = parts.map(({ object }) => object.knownKind);
      return {
        ...finding,
        ...(at !== undefined && { at }),
        hint,
        level,
        ...(outcome !== undefined && { outcome }),
        keepsData: kinds.some(kind => kind?.data?.isPrecious || kind?.data?.fate),
        environments: [...new Set(parts.map(({ environment }) => environment))],
        ...(entry !== undefined && { acknowledged: entry }),
      };
    });
  });
  const keyOf = ({ rule, level, message, object, field, acknowledged }: ReviewedRisk): string =>
    JSON.stringify([rule, level, message, object.kind, object.name, field, acknowledged?.at]);
  const risks = onceForAll(all, keyOf, ({ object }) => object);
  return sortBy(risks, ({ level }) => String(LEVELS.indexOf(level)));
}

function isCovered(entry: Acknowledgement, { rule, object, environment }: FoundRisk): boolean {
  const named = { rule: rule.id, object: objectName(writtenObject(object)) };
  return isCovering(entry, named, environment);
}

/** Notices about the input: stale trees, files that were not read, faulty settings, and a side without manifests. */
function noticesOf(sides: ReadSides): Finding[] {
  const { base, head, stale = [], labels, settings } = sides;
  const empty = Object.entries({ base, head })
    .filter(([, { isEmpty }]) => isEmpty)
    .map(([side]) => `the ${side} side, ${labels[side as SideName]}, has no manifests`);
  const isNothing = empty.length === 2 && !base.hasOtherFiles() && !head.hasOtherFiles();
  const severity = isNothing ? 'error' : 'warning';
  const hint = 'Name a folder that has some, or the spec with --file.';
  const notRead = [...base.notRead, ...head.notRead].map(({ finding }) => finding).reverse();
  const filesOfHead = new Set(head.notices.map(({ at }) => at?.file));
  return [
    ...stale,
    ...[...new Map(notRead.map(finding => [finding.message, finding])).values()].reverse(),
    ...empty.map(message => ({ ...notice('no-manifests', message, hint), severity }) as const),
    ...base.notices.filter(({ at }) => !filesOfHead.has(at?.file)),
    ...head.notices,
    ...noObjectFindings(sides),
    ...settings.findings,
  ];
}

function environmentReviews(
  compared: readonly Compared[],
  untouched: Iterable<Pair>,
  broken: Review['broken'],
  risks: readonly ReviewedRisk[],
): Review['environments'] {
  const empty = { added: 0, removed: 0, changed: 0, noise: 0, risks: openRisks([], '') };
  const counted = compared.map(({ diff, presence }) => ({
    presence,
    changes: groupBy(diff.changes, change => environmentOf(diff, objectOfChange(change))),
    same: groupBy(diff.same, ({ head }) => environmentOf(diff, head)),
  }));
  const none = { changes: new Map<string, Change[]>(), same: new Map<string, Change[]>() };
  const uncounted = [...untouched].map(({ presence }) => ({ presence, ...none }));
  const reviewed = [...counted, ...uncounted].flatMap(({ presence, changes, same }) =>
    [...presence].map(([name, presence]) => {
      const all = changes.get(name) ?? [];
      const count = (what: Change['what']) => all.filter(change => change.what === what).length;
      const [added, removed, changed] = [count('added'), count('removed'), count('changed')];
      const noise = same.get(name)?.length ?? 0;
      return { name, presence, added, removed, changed, noise, risks: openRisks(risks, name) };
    }),
  );
  const names = new Set(broken.map(({ environment }) => environment));
  const unread = [...names].map(name => ({ name, presence: 'broken' as const, ...empty }));
  // A unit that was not read may be in a pair too: it is listed once, as broken.
  const read = reviewed.filter(({ name }) => !names.has(name));
  return sortBy([...read, ...unread], ({ name }) => name);
}

function openRisks(risks: readonly ReviewedRisk[], name: string): Record<Level, number> {
  const open = risks.filter(risk => isOpen(risk) && risk.environments.includes(name));
  const count = (level: Level): number => open.filter(risk => risk.level === level).length;
  return { block: count('block'), high: count('high'), warn: count('warn') };
}

function changedCalls(diffs: readonly Diff[]): Review['awsCalls'] {
  return diffs.flatMap(({ name, base, head, changes }) => {
    // It takes a while to count the calls of thousands of objects.
    const isPushing = [base, head].some(graph =>
      PUSH_SECRETS.some(kind => graph.byKind(kind).length > 0),
    );
    if (!changes.some(change => isCounted(objectOfChange(change), isPushing))) return [];
    const [before, after] = [awsMonth(base), awsMonth(head)];
    const isSame = before.calls === after.calls && before.dollars === after.dollars;
    return isSame ? [] : [{ environment: name, base: before, head: after }];
  });
}

/** Whether an object affects the calls of AWS: it makes some, has ESO make objects, says which account pays, or how much is pushed. */
function isCounted({ group, knownKind }: PlacedObject, isPushing: boolean): boolean {
  if (group === ESO || group === GENERATORS) return true;
  if (knownKind === coreNamespace || knownKind === serviceAccount) return true;
  return isPushing && knownKind?.makes !== undefined;
}

function findingsBesideRisks(compared: readonly Compared[]) {
  const fields = new Set(
    compared.flatMap(({ risks }) =>
      risks.map(({ object, path }) => placeKey(object, fieldOf(writtenAt(object, path).path))),
    ),
  );
  const all = compared.flatMap(({ findings, risks }) => {
    // The objects that risks name, with the lint rules that the risks stand for.
    const rulesOfRisks = new Set(
      risks.flatMap(({ rule: { tells }, object, related = [] }) =>
        [object, ...related.map(place => place.object)].flatMap(named =>
          tells.map(ruleId => placeKey(named, ruleId)),
        ),
      ),
    );
    return findings.filter(({ object, field, rule }) => {
      const name = nameKey(object);
      return !fields.has(name + field) && !rulesOfRisks.has(name + rule);
    });
  });
  return onceForAll(
    all,
    ({ rule, message, field, object }) =>
      JSON.stringify([rule, message, field, object?.kind, object?.name]),
    ({ object }) => object,
  );
}

function placeKey(object: PlacedObject, place: string): string {
  return nameKey(objectName(writtenObject(object))) + place;
}

function nameKey(object: Finding['object']): string {
  return JSON.stringify([object?.kind, object?.namespace, object?.name]);
}

function acknowledgedIn(findings: readonly NewFinding[], entries: readonly Acknowledgement[]) {
  const acknowledged: ReviewedRisk[] = [];
  const others = findings.filter(finding => {
    const { rule, object, environments, hint = '' } = finding;
    if (object === undefined) return true;
    const entry = entries.find(item =>
      environments.every(environment => isCovering(item, { rule, object }, environment)),
    );
    if (entry === undefined) return true;
    const related = (finding.related ?? []).flatMap(({ object, ...place }) =>
      object === undefined ? [] : [{ ...place, object, side: 'head' as const }],
    );
    const place = { object, level: 'high', side: 'head', related } as const;
    acknowledged.push({ ...finding, ...place, hint, acknowledged: entry });
    return false;
  });
  return { acknowledged, findings: others };
}

function unusedOf(acknowledgements: readonly Acknowledgement[], compared: readonly Compared[]) {
  const isFound = (entry: Acknowledgement, { rule, object, environments }: NewFinding) =>
    object !== undefined && isCovering(entry, { rule, object }, environments[0] ?? '');
  return acknowledgements.filter(entry =>
    compared.every(
      ({ risks, findings }) =>
        !findings.some(finding => isFound(entry, finding)) &&
        !risks.some(risk => isCovered(entry, risk)),
    ),
  );
}

function unseenOf(diffs: readonly Diff[], sides: ReadSides) {
  const { base, head, excluded } = sides;
  const notRead = [...base.notRead, ...head.notRead];
  const unread = changedOtherFiles(sides).filter(({ isManifest }) => !isManifest);
  const otherFiles = unread.map(({ name }) => name);
  const changing = new Set(
    diffs.flatMap(diff => diff.changes.map(change => environmentOf(diff, objectOfChange(change)))),
  );
  const isNear = ({ environment }: (typeof notRead)[number]): boolean => changing.has(environment);
  const texts = [
    ...notRead.filter(isNear).map(({ finding }) => finding.message.replace(/^not read: /, '')),
    ...diffs.flatMap(diff => unknownsOf(diff, changing)),
  ];
  const isChart = (name: string): boolean => name.endsWith('/');
  const charts = [
    ...texts.flatMap(text => CHART.exec(text)?.[1] ?? []),
    ...otherFiles.filter(isChart).map(name => name.slice(0, -1)),
  ].map(name => `"${name}"`);
  const far = new Set(notRead.flatMap(entry => (isNear(entry) ? [] : [entry.finding.message])));
  // Variables in changed objects that Flux fills in, and for which it finds no value.
  const variables = diffs.flatMap(diff =>
    diff.changes
      .flatMap(objectsOf)
      .flatMap(object => unfilledVariables(object, applierOf(diff, object))),
  );
  const lists: readonly [title: string, all: readonly string[]][] = [
    ['Helm charts, which are not rendered', charts],
    ['not read', texts.filter(text => !CHART.test(text))],
    ['variables without a value', variables],
    ['changed files in which something is no object', otherFiles.filter(name => !isChart(name))],
    ['excluded by the config of lint', excluded],
  ];
  const all = lists.flatMap(([title, names]) =>
    names.length === 0 ? [] : [`${title}: ${shortened([...new Set(names)].sort()).join(', ')}`],
  );
  const are = far.size === 1 ? 'entry of an environment' : 'entries of environments';
  const were = far.size === 1 ? 'was' : 'were';
  if (far.size > 0) all.push(`${far.size} ${are} without changes, which ${were} not read`);
  return all.length === 0 ? [ALWAYS] : all;
}

const CHART = /^(?:a Helm chart: |the Helm chart ")([^"]*)"?$/;

function unknownsOf(diff: Diff, changing: ReadonlySet<string>): string[] {
  const { base, head, units } = diff;
  const objects = new Set(diff.changes.flatMap(objectsOf));
  const made = [...objects].flatMap(object =>
    [head, base].flatMap(({ find }) => object.knownKind?.applies?.unknowns?.(object, find) ?? []),
  );
  const isNear = (file: number): boolean => {
    const { environment, applier } = units.get(file) ?? {};
    if (applier !== undefined && objects.has(applier)) return true;
    return environment !== undefined && changing.has(environment);
  };
  const absent = [head, base]
    .flatMap(({ outside }) => outside.unknowns ?? [])
    .filter(({ what, isFolder }) => isFolder === true || CHART.test(what))
    .filter(({ file }) => file !== undefined && isNear(file));
  return [...made, ...absent].map(({ what }) => what);
}

function changedOtherFiles({ base, head }: ReadSides) {
  const [before, after] = [base.otherFiles, head.otherFiles];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(name => {
    const [was, is] = [before.get(name), after.get(name)];
    const file = is ?? was;
    if (file === undefined || was?.text === is?.text) return [];
    return [{ ...file, name, isManifest: was?.isManifest === true || is?.isManifest === true }];
  });
}

function noObjectFindings(sides: ReadSides): Finding[] {
  const manifests = changedOtherFiles(sides).filter(({ isManifest }) => isManifest);
  return manifests.map(({ name, file }) => {
    const [why, hint] = name === ATTRIBUTES ? REWRITTEN : NO_OBJECT;
    const message = `not read: "${name}" changes, and ${why}: what a cluster makes of it is not known`;
    const at = { file, line: 1, column: 1 };
    return { ...notice('unreadable', message, hint), severity: 'error', at };
  });
}

const NO_OBJECT = [
  'a document of it is no object with apiVersion, kind and metadata',
  'Write the document as an object; or move what is no manifest out of the folders that are applied.',
] as const;

const REWRITTEN = [
  'a checkout of git, as Argo CD makes one, writes files that are applied in other bytes',
  'Name the files more closely, or leave out eol=crlf, ident, filter and working-tree-encoding.',
] as const;
