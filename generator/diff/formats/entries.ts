import { shownNumber } from '../../capacity/costs.ts';
import type { Finding, ObjectName } from '../../core/finding.ts';
import { groupBy, type JsonObject, sum } from '../../core/json.ts';
import { doubtText } from '../../lint/report.ts';
import type { Line, Passage } from '../../report/document.ts';
import type { FlowSecret, FlowSource } from '../../report/flow.ts';
import { counted, firstAnd, nameText, oneLine, placeText } from '../../report/text.ts';
import type { SideName } from '../diff.ts';
import type { AwsCalls, BrokenSide, ChangedObject, ChangeGroup, NewFinding } from '../review.ts';
import {
  type Acknowledgement,
  fateOf,
  type InEnvironments,
  isOpen,
  newErrors,
  notice,
  objectText,
  otherNotices,
  placeOf,
  placesIn,
  type Review,
  type ReviewedRisk,
  refreshChange,
  type SecretEffect,
  type ShownField,
  sentence,
  shownEnvironments,
  shownObject,
  unitText,
  type VersionChange,
} from '../review.ts';
import type { Level } from '../risk.ts';

/** A statement of a review, in text and Markdown: its lines, with details below them. */
export interface Entry {
  /** What it is: `block`, `new error`, `not read`. Empty: its line, or its sign, says so. */
  readonly label: string;
  readonly rule?: string;
  readonly what?: ChangeGroup['what'] | 'moved';
  /** The objects of a change, each on a line. Of all other entries there is one line. */
  readonly lines: readonly Line[];
  /** The objects that the line is about; `whole` is an object with its own details. */
  readonly cases?: readonly { readonly line: Line; readonly whole: Line }[];
  readonly details: readonly Line[];
  readonly fields?: readonly ShownField[];
  readonly manifests?: () => readonly JsonObject[];
  readonly count: number;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly noun: string;
  readonly count: number;
  readonly isFolded: boolean;
  readonly entries: readonly Entry[];
}

export function openRisks({ risks }: Review, level: Level): ReviewedRisk[] {
  return risks.filter(risk => isOpen(risk) && risk.level === level);
}

/** All that a review says, part by part. What is folded opens for who wants to see it. */
export function sectionsOf(review: Review): Section[] {
  const { risks, findings, secrets, changes, versions, awsCalls, unused, unseen, doubts } = review;
  const ofLevel = (level: Level): Entry[] => riskEntries(openRisks(review, level));
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const notices = [...otherNotices(review), ...unused.map(unusedNotice)];
  const acknowledged = riskEntries(risks.filter(risk => !isOpen(risk)));
  const unknown = doubts.map(doubt => entry('not known', [doubtText(doubt)]));
  const all: readonly [id: string, title: string, noun: string, entries: readonly Entry[]][] = [
    ['block', 'Blockers', 'blockers', ofLevel('block')],
    ['errors', 'New errors', 'new errors', newErrors(review).map(findingEntry)],
    ['high', 'High', 'high risks', ofLevel('high')],
    ['warn', 'Warn', 'warn risks', ofLevel('warn')],
    ['warnings', 'New warnings', 'new warnings', warnings.map(findingEntry)],
    ['unread', 'Not read, and not compared', 'reasons', unreadEntries(review)],
    ['notices', 'Notices', 'notices', notices.map(noticeEntry)],
    ['acknowledged', 'Acknowledged', 'acknowledged risks', acknowledged],
    ['secrets', 'Secrets', 'Secrets', secrets.map(effectEntry)],
    ['changes', 'Changes', 'changes', bundlesOf(changes).map(changeEntry)],
    ['versions', 'Images and versions', 'versions', versions.map(versionEntry)],
    ['calls', 'Calls of AWS', 'counts of calls', awsCalls.map(callsEntry)],
    ['unseen', 'Not seen', 'notes', [...unknown, ...unseen.map(text => entry(NOT_SEEN, [text]))]],
  ];
  const sections = all.map(([id, title, noun, entries]) => {
    const count = sum(entries.map(entry => entry.count));
    return { id, title, noun, count, isFolded: !OPEN.has(id), entries };
  });
  return sections.filter(({ entries }) => entries.length > 0);
}

const OPEN = new Set(['block', 'errors', 'high', 'unread', 'notices']);

function unusedNotice({ rule, object, environment, at }: Acknowledgement): Finding {
  const where = environment === undefined ? '' : ` in ${environment}`;
  const message = `nothing is acknowledged here: "${object}" has no risk "${rule}"${where}; remove the entry, or mend the name: Kind/namespace/name`;
  return { ...notice('acknowledgement', message, ''), ...(at !== undefined && { at }) };
}

function entry(label: string, line: Line, more: Partial<Entry> = {}): Entry {
  return { label, lines: [line], details: [], count: 1, ...more };
}

/** A name as a part of a line, without quotes. */
export function named(name: string): Passage {
  return { name };
}

const LISTED = 8;

function list(names: readonly string[], most: number = LISTED): Passage[] {
  const shown = firstAnd(names.map(named), most, more => `and ${more} more`);
  return shown.flatMap(passage => [', ', passage]).slice(1);
}

/** ` (dev, prod)`. Nothing of manifests that belong to no environment. */
export function inEnvironments(entry: InEnvironments): Passage[] {
  const places = placesIn(entry);
  return places.length === 0 ? [] : [' (', ...list(places), ')'];
}

function at(place: string): Line[] {
  return place === '' ? [] : [['at ', named(place)]];
}

/** The words `To do` come first, as a hint that begins with `1.` or `-` would be a list in Markdown. */
function advice(hint = ''): Line[] {
  return hint === '' ? [] : [[`To do: ${sentence(hint)}`]];
}

const MOST_CASES = 20;

/** Risks; those that differ only by a name are one entry. */
function riskEntries(risks: readonly ReviewedRisk[]): Entry[] {
  return riskGroups(risks).flatMap(({ risks: alike, ...group }) => {
    const parts = groupBy([...alike.entries()], ([index]) => Math.floor(index / MOST_CASES));
    return [...parts.values()].map(([[, first], ...others]) =>
      riskEntry({ ...group, risks: [first, ...others.map(([, risk]) => risk)] }),
    );
  });
}

function riskEntry({ risks, message, hint }: RiskGroup): Entry {
  const [first] = risks;
  const { level, rule, acknowledged } = first;
  const label = acknowledged === undefined ? level : `${level}, acknowledged`;
  const count = risks.length;
  if (count === 1) {
    const reason = acknowledged && [[`reason: ${acknowledged.reason}`, ...placed(acknowledged)]];
    const details = [...riskDetails(first), ...(reason ?? advice(hint))];
    return entry(label, [...subjectOf(first), `: ${message}`], { rule, details });
  }
  const isShared = risks.every(({ outcome }) => outcome === first.outcome);
  const cases = risks.map(risk => {
    const line = subjectOf(risk);
    const more = riskDetails(risk, !isShared);
    return { line, whole: [...line, ...more.flatMap(detail => [', ', ...detail])] };
  });
  const details = [...(isShared ? outcomeOf(first) : []), ...advice(hint)];
  return entry(label, [`${count} objects: ${message}`], { rule, count, cases, details });
}

function subjectOf(risk: ReviewedRisk): Line {
  return [named(shownObject(risk)), ...inEnvironments(risk)];
}

function outcomeOf({ outcome }: ReviewedRisk): Line[] {
  return outcome === undefined ? [] : [[`outcome: ${outcome}`]];
}

function riskDetails(risk: ReviewedRisk, hasOutcome = true): Line[] {
  const { related, object } = risk;
  const others = related.map((relation): Line => {
    const name = objectText(nearObject(relation.object, risk, object.namespace));
    return [named(name), `: ${relation.note}`, ...placed(relation)];
  });
  return [
    ...at(placeOf(risk)),
    ...(hasOutcome ? outcomeOf(risk) : []),
    ...firstAnd(others, LISTED, more => [`and ${more} more`]),
  ];
}

/** Another object of an entry. Where namespaces differ from environment to environment, the entry says those. */
export function nearObject(object: ObjectName, entry: InEnvironments, home = ''): ObjectName {
  const { kind, name, namespace = '' } = object;
  return entry.namespaces !== undefined && namespace === home ? { kind, name } : object;
}

function placed({ at: place }: Pick<Finding, 'at'>): Passage[] {
  return place === undefined ? [] : [', ', named(placeText(place))];
}

function findingEntry(finding: NewFinding): Entry {
  const { rule, severity, message, hint } = finding;
  return entry(`new ${severity}`, [message, ...inEnvironments(finding)], {
    rule,
    details: [...at(placeOf(finding)), ...advice(hint)],
  });
}

/** The units that could not be read, and why: the first sentence of the first reason. */
export function unreadEntries({ broken }: Review): (Entry & { readonly place: string })[] {
  const hints = new Set<string>();
  return [...groupBy(broken, ({ environment }) => environment)].map(([environment, all]) => {
    const [first = all, ...others] = groupBy(all, ({ finding }) => finding.message).values();
    const { finding } = first.find(({ side }) => side === 'head') ?? first[0];
    const { hint = '' } = finding;
    const details = [...at(placeOf(finding)), ...advice(hints.has(hint) ? '' : hint)];
    hints.add(hint);
    const line = [...unreadName(environment, first, others), `: ${firstSentence(finding.message)}`];
    return { ...entry('not read', line, { details }), place: placeOf(finding) };
  });
}

function unreadName(
  environment: string,
  first: readonly BrokenSide[],
  others: readonly (readonly BrokenSide[])[],
): Line {
  const [sides, moreSides] = [sidesOf(first), sidesOf(others.flat())];
  const whole = sides === 'both' ? 'both sides' : `the ${sides} side`;
  const where = moreSides === sides || moreSides === 'both' ? '' : ` on the ${moreSides} side`;
  const more = others.length === 0 ? '' : `${counted(others.length, 'more reason')}${where}`;
  const side = sides === 'both' || environment === '' ? '' : `${sides} side`;
  const note = [side, more].filter(Boolean).join('; ');
  return [named(environment === '' ? whole : oneLine(environment)), note && ` (${note})`];
}

function sidesOf(broken: readonly BrokenSide[]): SideName | 'both' {
  const [name = 'head', second] = new Set(broken.map(({ side }) => side));
  return second === undefined ? name : 'both';
}

function firstSentence(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return (/^.*?[.!?](?=\s+[A-Z"])/.exec(line)?.[0] ?? line).replace(/\.$/, '');
}

export function noticeEntry({ at: place, severity, message, hint }: Finding): Entry {
  const before = place === undefined ? [] : [named(placeText(place)), ': '];
  return entry('', [...before, `${severity}: ${message}`], { details: advice(hint) });
}

function effectEntry(effect: SecretEffect): Entry {
  const { base, head, addedKeys, removedKeys } = effect;
  const secret = head ?? base;
  if (secret === undefined) return entry('', []);
  const refresh = refreshChange(effect);
  const readers = secret.readers.map(({ pickup, ...reader }) => {
    const how = pickup === 'never' ? 'keeps the old values' : pickup;
    return `${objectText(nearObject(reader, effect, secret.namespace))} (${how})`;
  });
  const details: Line[] = [
    ...keyLines(['keys: '], addedKeys, removedKeys),
    ...sourceLines(effect),
    ...(refresh === undefined ? [] : [['refresh: ', named(refresh)]]),
    ...(readers.length > 0 ? [['read by ', ...list([...new Set(readers)])]] : []),
  ];
  const name = effect.namespaces === undefined ? nameText(secret) : secret.name;
  const { text } = fateOf(effect);
  const line = [named(`Secret ${oneLine(name)}`), ...inEnvironments(effect), `: ${text}`];
  return entry('', line, { details });
}

function keyLines(before: Line, added: readonly string[], removed: readonly string[]): Line[] {
  const keys = [...added.map(key => `+${key}`), ...removed.map(key => `-${key}`)];
  return keys.length === 0 ? [] : [[...before, ...list(keys)]];
}

function sourceLines({ base, head }: SecretEffect): Line[] {
  if (head === undefined) return [];
  const [before, after] = [sourcesOf(base), sourcesOf(head)];
  const keysOf = (sources: readonly FlowSource[] = []): string[] =>
    sources.flatMap(({ remoteKeys }) => remoteKeys);
  return [...new Map([...before, ...after])].flatMap(([name, [source]]) => {
    const [was, is] = [keysOf(before.get(name)), keysOf(after.get(name))];
    const added = is.filter(key => !was.includes(key));
    const removed = was.filter(key => !is.includes(key));
    return keyLines(['from ', named(objectText(source)), ': '], added, removed);
  });
}

function sourcesOf(secret: FlowSecret | undefined) {
  const all = (secret?.makers ?? []).flatMap(({ sources }) => sources);
  return groupBy(all, ({ kind, namespace = '', name }) => `${kind}/${namespace}/${name}`);
}

/** Objects that change alike, with the fields that differ or the manifests of those that come. */
function changeEntry(groups: Bundle): Entry {
  const [{ what, objects, fields }] = groups;
  const [first] = objects;
  const count = groups.reduce((sum, group) => sum + group.objects.length, 0);
  // Several objects move between units without another change.
  if (first?.movedFrom !== undefined && fields.length === 0 && objects.length > 1) {
    const [from, to] = [first.movedFrom, first.environment].map(name => named(unitText(name)));
    const line = [`${count} objects from `, from ?? '', ' to ', to ?? '', ': '];
    return entry('', [...line, ...list(objects.map(objectText))], { what: 'moved', count });
  }
  const manifests = (): JsonObject[] =>
    groups.map(group => group.manifests().head).filter(head => head !== undefined);
  const lines =
    groups.length > 1 ? [manyLine(groups)] : objects.map(object => changedLine(what, object));
  return {
    ...entry('', [], { what, lines, count }),
    ...(fields.length > 0 && { fields }),
    ...(what === 'added' && { manifests }),
  };
}

function manyLine(groups: Bundle): Line {
  const [{ what, objects }] = groups;
  const { kind = '', outcome = '' } = objects[0] ?? {};
  const names = groups.flatMap(group =>
    group.objects.slice(0, 1).map(object => oneLine(nameText(object))),
  );
  return [
    named(`${groups.length} ${plural(oneLine(kind))}`),
    ...inEnvironments({ environments: objects.map(({ environment }) => environment) }),
    ': ',
    ...list(names, what === 'removed' ? names.length : LISTED),
    outcome && `; ${outcome}`,
  ];
}

function plural(kind: string): string {
  if (/[^aeiou]y$/.test(kind)) return `${kind.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/.test(kind) ? `${kind}es` : `${kind}s`;
}

function changedLine(what: ChangeGroup['what'], changed: ChangedObject): Line {
  const { environment, movedFrom, pair, outcome = '', ...object } = changed;
  return [
    named(objectText(object)),
    ...(pair ? [`, ${what === 'removed' ? 'becomes' : 'was'} `, named(objectText(pair))] : []),
    ...inEnvironments({ environments: [environment] }),
    ...(movedFrom === undefined ? [] : [', until now applied by ', named(unitText(movedFrom))]),
    outcome && `; ${what === 'replaced' ? 'the old one is ' : ''}${outcome}`,
  ];
}

/** `nginx:1.25 → 1.27: Deployment shop/web (prod)`. Of a digest the first digits are enough. */
function versionEntry({ what, name, base, head, isMajor, objects }: VersionChange): Entry {
  const names = [...groupBy(objects, objectText)].map(([object, all]) => {
    const environments = placesIn({ environments: all.map(({ environment }) => environment) });
    return environments.length === 0 ? object : `${object} (${environments.join(', ')})`;
  });
  const short = (text: string) => text.replace(/(@\w+:\w{8})\w+$/, '$1…') || 'no version';
  const isSameImage = what === 'image' && base.startsWith(name) && head.startsWith(name);
  const is = short(isSameImage ? head.slice(name.length).replace(/^:/, '') : head);
  const version = `${what === 'image' ? '' : `${name} `}${short(base)} → ${is}`;
  return entry(isMajor ? `${what}, major` : what, [named(version), ': ', ...list(names)]);
}

/** `AWS (prod): 720 calls of AWS a month become 1,440, and $0.40 become $0.80`. */
function callsEntry({ environment, base, head }: AwsCalls): Entry {
  const now = base.calls === head.calls ? ', as before' : ` become ${shownNumber(head.calls)}`;
  const calls = `${shownNumber(base.calls)} calls of AWS a month${now}`;
  const [before, after] = [base, head].map(({ dollars }) => `$${dollars.toFixed(2)}`);
  const cost = base.dollars === 0 && head.dollars === 0 ? '' : `, and ${before} become ${after}`;
  const where = inEnvironments({ environments: [environment] });
  return entry('', ['AWS', ...where, `: ${calls}${cost}`]);
}

/** The label of what no manifest shows; a section of that title needs none. */
export const NOT_SEEN = 'not seen';

const LONG_FOLDER = 8;

/** Cuts the folder `below`, which has all shown units, out of their names. It ends in a slash, or is empty. */
export function withShortNames(review: Review): {
  readonly review: Review;
  readonly below: string;
} {
  const below = commonFolder(namesIn(review));
  if (below === '') return { review, below };
  const short = (name: string): string =>
    name.startsWith(below) ? name.slice(below.length) : name;
  const within = <T extends Pick<InEnvironments, 'environments'>>(entry: T): T => {
    return { ...entry, environments: entry.environments.map(short) };
  };
  const at = <T extends Pick<ChangedObject, 'environment' | 'movedFrom'>>(entry: T): T => {
    const { environment, movedFrom: from } = entry;
    const moved = from === undefined ? {} : { movedFrom: short(from) };
    return { ...entry, environment: short(environment), ...moved };
  };
  return {
    below,
    review: {
      ...review,
      environments: review.environments.map(entry => ({ ...entry, name: short(entry.name) })),
      risks: review.risks.map(within),
      findings: review.findings.map(within),
      secrets: review.secrets.map(within),
      broken: review.broken.map(at),
      awsCalls: review.awsCalls.map(at),
      versions: review.versions.map(version => ({ ...version, objects: version.objects.map(at) })),
      changes: review.changes.map(group => ({ ...group, objects: group.objects.map(at) })),
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
  return names.size < 2 || folder.length < LONG_FOLDER ? '' : folder;
}

export interface RiskGroup {
  readonly risks: readonly [ReviewedRisk, ...ReviewedRisk[]];
  /** True of each risk. If there are several, "…" stands for the name. */
  readonly message: string;
  readonly hint: string;
}

/** Risks in groups, each where its first risk is. An acknowledged risk is alone, as it has a reason of its own. */
export function riskGroups(risks: readonly ReviewedRisk[]): RiskGroup[] {
  const keyOf = (risk: ReviewedRisk): string =>
    JSON.stringify([risk.level, risk.rule, nameless(risk, 'message'), nameless(risk, 'hint')]);
  const groups = groupBy(risks, risk => (isOpen(risk) ? keyOf(risk) : risk));
  return [...groups.values()].map(all => {
    return { risks: all, message: sharedText(all, 'message'), hint: sharedText(all, 'hint') };
  });
}

function sharedText([first, ...others]: RiskGroup['risks'], text: 'message' | 'hint'): string {
  const isSame = others.every(risk => risk[text] === first[text]);
  return isSame ? first[text] : nameless(first, text);
}

function nameless(risk: ReviewedRisk, text: 'message' | 'hint'): string {
  return risk[text].replaceAll(`"${risk.object.name}"`, '"…"');
}

/** Changes that are shown as one entry: a single one, or many objects of a kind that come or go alike. */
export type Bundle = readonly [ChangeGroup, ...ChangeGroup[]];

const FEW_CHANGES = 3;

/** Changes in bundles: what comes or goes of one kind, in the same units, with the same outcome; not `isAlone`. */
export function bundlesOf(
  changes: readonly ChangeGroup[],
  isAlone: (group: ChangeGroup) => boolean = () => false,
): Bundle[] {
  const bundles = groupBy(changes, group => (isAlone(group) ? group : (alikeKey(group) ?? group)));
  return [...bundles.values()].flatMap((groups): Bundle[] =>
    groups.length > FEW_CHANGES ? [groups] : groups.map(group => [group]),
  );
}

function alikeKey({ what, objects }: ChangeGroup): string | undefined {
  if (what === 'changed' || objects.some(({ pair }) => pair !== undefined)) return undefined;
  const shared = objects.map(({ kind, environment, outcome }) => [kind, environment, outcome]);
  return JSON.stringify([what, shared]);
}
