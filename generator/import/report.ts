import { dirname, join } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { groupBy, isMap, type JsonObject, mapAt, sum } from '../core/json.ts';
import { asJson, identityOf } from '../core/kube-object.ts';
import { type Change, objectOfChange } from '../diff/diff.ts';
import { placesFor } from '../environments/places.ts';
import { SYNC_OPTIONS } from '../kinds/argocd/application.ts';
import { fluxKustomization, KEEP } from '../kinds/flux/kustomization.ts';
import { displayKind, objectName, type PlacedObject } from '../kinds/kind.ts';
import { runSets } from '../lint/run.ts';
import type { Formats } from '../report/finding.ts';
import {
  counted,
  firstOf,
  flatFinding,
  flatObject,
  jsonText,
  nameText,
  oneLine,
  renderText,
} from '../report/text.ts';
import { foreignFolders } from '../shell/print.ts';
import { appliedOf, rawDeployers } from '../world/appliers.ts';
import { isBelow, isNamedFile, rootOf } from '../world/inside.ts';
import { type ManifestSet, nothingOutside } from '../world/object-set.ts';
import type { Allowed } from '../world/programs.ts';
import { repositoryOf } from '../world/repository.ts';
import { setsOfPaths } from '../world/sets.ts';
import { SKIPPED } from '../world/source.ts';
import { parseStream } from '../yaml/parse.ts';
import { locate } from '../yaml/places.ts';
import type { Adoption } from './adopt.ts';
import { type Draft, type DraftEntry, NO_FORM } from './draft.ts';
import { type Original, type ReadEnvironment, withoutNamespace } from './originals.ts';
import type { Proof } from './search.ts';

export interface ImportReport {
  readonly environments: readonly ImportedEnvironment[];
  readonly file: string;
  readonly outcome: 'refused' | 'written';
  readonly findings: readonly Finding[];
  /** What could not be read, so that the proof does not cover it. */
  readonly unread: readonly Finding[];
  readonly faults: readonly Finding[];
  /** What to do next, a line each. */
  readonly advice: readonly string[];
}

interface ImportedEnvironment extends Proof {
  readonly namespace: string;
  /** The path that it was read from; absent if there are several. */
  readonly from?: string;
  readonly coverage: readonly Covered[];
  /** How many objects name no namespace, and are taken to be in that of the environment. */
  readonly withoutNamespace: number;
}

interface Covered {
  readonly object: PlacedObject;
  readonly rung: Rung;
  /** How many fields with a value it has, and how many of them stand in a patch. */
  readonly fields: number;
  readonly patchedFields: number;
  /** Why it is written no shorter; empty where nothing is known of that. */
  readonly reason: string;
}

/** How an object is written: in short form, with a patch, under `resources`, as a Secret made by hand, or not. */
type Rung = 'short' | 'patched' | 'verbatim' | 'manual' | 'lost';

/** The report before the spec is written. */
export function reportOf(
  file: string,
  read: readonly ReadEnvironment[],
  all: readonly Original[],
  adoption: Adoption,
  findings: readonly Finding[],
): ImportReport {
  const { text, proofs, faults } = adoption;
  return {
    file,
    outcome: 'refused',
    advice: [],
    findings,
    unread: read.flatMap(unreadIn),
    faults: locate(faults, { file, text }),
    environments: [
      ...all.map((original, index) => ({
        ...(proofs[index] ?? { objects: original.objects.length, changes: [] }),
        environment: original.name,
        namespace: original.namespace,
        coverage: coverageOf(original, adoption),
        withoutNamespace: withoutNamespace(read[index] ?? original).length,
        ...placeOf(read[index]),
      })),
      ...adoption.deployers.map(proof => ({
        ...proof,
        namespace: '',
        coverage: (adoption.tree.folders.get(proof.environment) ?? []).map(object =>
          covered(object, 'short'),
        ),
        withoutNamespace: 0,
      })),
    ],
  };
}

/** What `lint` finds in the manifests; it does not keep them from being imported. Folders are known with their repository. */
export async function lintFindings(
  paths: readonly string[],
  read: readonly ReadEnvironment[],
  { clusterOf }: Adoption,
  allowed: Allowed,
  host: Host,
): Promise<readonly Finding[]> {
  const lint = (sets: readonly ManifestSet[]): readonly Finding[] =>
    runSets(sets, { config: {}, strict: false }, placesFor(sets, host), host).findings;
  const unread = new Set(read.flatMap(unreadIn).map(finding => JSON.stringify(finding)));
  const found = lint(setsOf(read, clusterOf)).filter(
    finding => !unread.has(JSON.stringify(finding)),
  );
  const areFolders = paths.every(path => host.kindOf(path) === 'folder');
  if (found.length === 0 || !areFolders) return found;
  const keyOf = ({ rule, at }: Finding): string => JSON.stringify([rule, at]);
  const inRepository = lint(await setsOfPaths({ paths, namespace: '', allowed }, host));
  const keys = new Set(found.map(keyOf));
  return inRepository.filter(finding => keys.has(keyOf(finding)));
}

/** Each environment as a set of its own, with the objects of its cluster around it. */
export function setsOf(
  read: readonly ReadEnvironment[],
  clusterOf: Adoption['clusterOf'] = new Map(),
): ManifestSet[] {
  return read.map(({ name, sources }) => {
    const around = read.filter(cluster => cluster.name === clusterOf.get(name));
    const context = around.flatMap(cluster => [...cluster.sources]);
    return { sources, context, outside: nothingOutside };
  });
}

export function unreadIn({ sources }: ReadEnvironment): Finding[] {
  return sources.flatMap(source => [...source.findings, ...(source.unread ?? [])]);
}

/** Every object of an environment. Those of a shared cluster are in the drafts of its environments. */
function coverageOf({ name, objects }: Original, { drafts, clusterOf }: Adoption): Covered[] {
  const isOwn = ({ original }: Draft): boolean =>
    original.name === name || clusterOf.get(original.name) === name;
  // The first draft with an object counts.
  const all = drafts.filter(isOwn).reverse().flatMap(inDraft);
  const byIdentity = new Map(all.map(covered => [identityOf(covered.object.json), covered]));
  return objects.flatMap(({ json }) => byIdentity.get(identityOf(json)) ?? []);
}

/** The objects of a draft. Of an object that comes twice the last one counts. */
function inDraft({ original, entries, handMade, lost }: Draft): Covered[] {
  return [
    ...original.objects.map(object => covered(object, 'short')),
    ...entries.flatMap(entry => entry.covers.map(object => coveredBy(entry, object))),
    ...handMade.map(object => covered(object, 'manual')),
    ...lost.map(({ object, reason }) => covered(object, 'lost', reason)),
  ];
}

function coveredBy({ section, entry, reason }: DraftEntry, object: PlacedObject): Covered {
  if (section === 'resources') return covered(object, 'verbatim', reason);
  const patch = mapAt(entry, 'patch')[object.kind];
  if (patch === undefined) return covered(object, 'short');
  return { ...covered(object, 'patched'), patchedFields: leaves(patch) };
}

function covered(object: PlacedObject, rung: Rung, reason = ''): Covered {
  return { object, rung, reason, fields: leaves(asJson(object.json)), patchedFields: 0 };
}

function leaves(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, child) => sum + leaves(child), 0);
}

function placeOf(found: ReadEnvironment | undefined): { readonly from?: string } {
  const [only, ...others] = found?.sources ?? [];
  const isOne = only !== undefined && others.length === 0 && only.file !== 'stdin';
  return isOne ? { from: only.name } : {};
}

/** The lines that tell people what to do next; `unseen`: what the spec that was there said, and the new one does not. */
export function adviceFor(
  report: ImportReport,
  adoption: Adoption,
  { out, isWritten, unseen }: { out?: string; isWritten: boolean; unseen: readonly string[] },
  host: Host,
): string[] {
  const { file } = report;
  if (!isWritten) {
    const why = differencesOf(report).differing > 0 ? 'comes out as it is' : 'was read';
    return [
      report.faults.length > 0
        ? `${file} is not written: the spec has faults`
        : `${file} is not written: not all ${why}; --partial writes the spec of what does, to go on by hand`,
    ];
  }
  const flag = file === 'rem-secrets.yaml' ? '' : ` --file ${file}`;
  const [taken] = out === undefined ? foreignFolders(host) : [];
  const tree = taken !== undefined ? 'rem-secrets' : dirname(file);
  const expand =
    taken !== undefined
      ? `rem-secrets${flag} expand --out rem-secrets    # ${taken}/ here is yours, and stays`
      : `rem-secrets${flag} expand    # writes base/ and overlays/ beside it`;
  return [
    `${file} is written${textsIn(adoption)}; next:`,
    `  ${expand}`,
    ...report.environments.flatMap(({ environment, from }) => {
      const made = join(tree, environment === '' ? 'base' : `overlays/${environment}`);
      return from === undefined ? [] : `  rem-secrets diff --base path:${from} --head path:${made}`;
    }),
    ...unseen,
    ...deployerAdvice(report, adoption, host),
    ...keepAdvice(report),
  ];
}

function differencesOf({ environments }: ImportReport) {
  return {
    differing: sum(environments.map(({ changes }) => changes.length)),
    compared: sum(environments.map(({ objects }) => objects)),
  };
}

/** The Flux Kustomizations and Applications of the repository that apply the imported folders. */
function deployerAdvice({ environments }: ImportReport, { tree, deployers }: Adoption, host: Host) {
  const places = environments.flatMap(({ from }) => (from === undefined ? [] : [from]));
  const made = deployers.map(({ environment }) => host.realPath(join(tree.place, environment)));
  const roots = new Set(places.flatMap(place => rootOf(place, host) ?? []));
  return [...roots].flatMap(root => {
    const { all, folderOf } = rawDeployers(repositoryOf(root, places, {}, host));
    const folders = new Map(places.map(place => [host.realPath(place), place]));
    const others = all.filter(
      ({ place }) => !made.some(folder => folder !== undefined && isBelow(folder, place)),
    );
    const lines = others.flatMap(({ object }) =>
      appliedOf(object)
        .flatMap(applied => folders.get(folderOf(applied) ?? '') ?? [])
        .map(place => {
          const field = object.knownKind === fluxKustomization ? 'flux' : 'argocd';
          return `${nameOf(object)} applies ${place}: have it apply the new overlay, or the spec make it (docs/${field}.md)`;
        }),
    );
    return [...new Set(lines)].sort();
  });
}

function nameOf(object: PlacedObject): string {
  return `${displayKind(object)} ${join(object.namespace, object.name)}`;
}

/** Warns of Secrets with values: Git has them today and the new tree does not, so a sync would prune them. */
function keepAdvice({ environments }: ImportReport): string[] {
  const manual = environments.flatMap(({ coverage }) =>
    coverage.filter(({ rung }) => rung === 'manual').map(({ object }) => objectName(object)),
  );
  const names = [...new Set(manual.map(({ namespace, name }) => `${namespace ?? ''}/${name}`))];
  if (names.length === 0) return [];
  return [
    `keep ${names.sort().join(', ')}: the new tree has no Secrets with values, and a sync that prunes deletes them;`,
    `  annotate them first (${SYNC_OPTIONS}: Prune=false, ${KEEP}), or put the values into a store`,
  ];
}

/** Whether everything was read that may hold objects, and the spec makes it all without a difference. */
export function isWholeImport(report: ImportReport): boolean {
  const isRead = report.unread.every(({ rule }) => rule === SKIPPED);
  return isRead && report.faults.length === 0 && differencesOf(report).differing === 0;
}

function textsIn({ files }: Adoption): string {
  const [first, ...others] = files.keys();
  if (first === undefined) return '';
  return `, with ${others.length === 0 ? first : `${files.size} files in files/`}`;
}

/** Names the fields of existing specs, in its place and beside the overlays, that it lacks, and folders that it does not make. */
export function unseenAdvice(report: ImportReport, adoption: Adoption, host: Host): string[] {
  const parts = partsOf(parseStream(adoption.text).value ?? []);
  const iam = adoption.tree.iam === undefined || isIn(parts, 'iam') ? [] : ['iam/ is not in it'];
  return [...fieldAdvice(report, parts, host), ...folderAdvice(adoption), ...iam];
}

function partsOf(documents: readonly unknown[]): JsonObject[] {
  return documents.flatMap(document => {
    const spec = mapAt(document, 'spec');
    const named = [mapAt(spec, 'environments'), mapAt(spec, 'clusters')].flatMap(Object.values);
    return [spec, ...named.filter(isMap)];
  });
}

function isIn(parts: readonly JsonObject[], field: string): boolean {
  return parts.some(part => Object.hasOwn(part, field));
}

/** Fields of a spec that its overlays do not show. */
const UNSEEN = 'argocd cluster clusters cnpgVersion flux iam runbook versions'.split(' ');

function fieldAdvice(report: ImportReport, parts: readonly JsonObject[], host: Host): string[] {
  const existing = report.environments.flatMap(({ from }) =>
    from === undefined ? [] : [join(dirname(dirname(from)), 'rem-secrets.yaml')],
  );
  const files = [...new Set([report.file, ...existing])].filter(path => isNamedFile(path, host));
  const specs = files.flatMap(path => partsOf(parseStream(textOf(path, host)).value ?? []));
  const fields = UNSEEN.filter(field => isIn(specs, field) && !isIn(parts, field));
  if (fields.length === 0) return [];
  return [
    `not in it, as the manifests do not show it: ${fields.join(', ')} of the spec that was there; take over what still holds`,
  ];
}

function folderAdvice({ tree, deployers, unmadeFolders: undone }: Adoption): string[] {
  const made = new Set(deployers.map(({ environment }) => environment));
  const left = [...tree.folders.keys()].filter(folder => !made.has(folder));
  return left.map(folder => {
    const [first] = undone.find(({ environment }) => environment === folder)?.changes ?? [];
    const why = first === undefined ? '' : `: ${nameOf(objectOfChange(first))} would be another`;
    return `${folder}/ is not in it${why}`;
  });
}

function countsOf({ environments }: ImportReport) {
  const all = environments.flatMap(({ coverage }) => [...coverage]);
  return Object.keys(RUNGS).map(rung => {
    const ofRung = all.filter(covered => covered.rung === rung);
    return {
      rung: rung as Rung,
      objects: ofRung.length,
      fields: sum(ofRung.map(({ fields }) => fields)),
      patchedFields: sum(ofRung.map(({ patchedFields }) => patchedFields)),
    };
  });
}

export const importFormats: Formats<ImportReport> = {
  text: renderImportText,
  json: renderImportJson,
};

/** For people: the proof, then how objects are written in the spec, then what to do. */
function renderImportText(report: ImportReport): string {
  const { findings, unread, faults, environments, advice } = report;
  const proof = environments.length === 0 ? [] : [proofLine(report)];
  const parts = [
    [renderText([...findings, ...unread, ...faults]).trimEnd()],
    [...proof, ...environments.flatMap(changeLines)],
    countLines(report),
    reasonLines(report),
    environments.flatMap(namespaceLines),
    advice,
  ].map(lines => lines.join('\n'));
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function proofLine(report: ImportReport): string {
  const { differing, compared } = differencesOf(report);
  if (report.faults.length > 0) return `no spec makes these ${compared} objects`;
  const names = report.environments.map(({ environment }) => environment).filter(Boolean);
  const where = names.length === 0 ? '' : ` of ${names.join(', ')}`;
  const unread = report.unread.filter(({ rule }) => rule !== SKIPPED).length;
  const rest = unread === 0 ? '' : `; ${unread} of what they are made of was not read`;
  return `${counted(differing, 'difference')} in ${counted(compared, 'object')}${where}${rest}`;
}

function changeLines({ environment, changes }: ImportedEnvironment): string[] {
  return changes.map(change => {
    const what = change.what === 'removed' ? 'not made' : change.what;
    const fields = fieldsOf(change).join(', ');
    const object = objectText(objectOfChange(change)) + inEnvironment(environment);
    return `  ${what}: ${object}${change.what === 'changed' ? `: ${oneLine(fields)}` : ''}`;
  });
}

function fieldsOf(change: Change): string[] {
  return change.what === 'changed' ? change.fields.map(({ field }) => field) : [];
}

function objectText(object: PlacedObject): string {
  return oneLine(`${object.kind} ${nameText(object)}`);
}

const inEnvironment = (name: string): string => (name === '' ? '' : ` (${name})`);

/** What is said of a number of objects, and before the names of those for which there is a reason. */
const RUNGS: Readonly<Record<Rung, { readonly text: string; readonly start?: string }>> = {
  short: { text: 'in short form' },
  patched: { text: 'in short form with a patch' },
  verbatim: { text: 'as they are, under resources', start: 'as it is' },
  manual: { text: 'Secrets by hand: their values are in no spec', start: 'by hand' },
  lost: { text: 'in no way', start: 'in no way' },
};

function countLines(report: ImportReport): string[] {
  const counts = countsOf(report).filter(({ objects }) => objects > 0);
  const width = Math.max(...counts.map(({ objects }) => String(objects).length));
  const fieldWidth = Math.max(...counts.map(({ fields }) => String(fields).length));
  return counts.map(({ rung, objects, fields, patchedFields }) => {
    const patches = patchedFields === 0 ? '' : `, ${patchedFields} fields of patches`;
    const amount = `${String(objects).padStart(width)} objects, ${String(fields).padStart(fieldWidth)} fields`;
    return `${amount} ${RUNGS[rung].text}${patches}`;
  });
}

/** How many objects a line names. */
const MOST_NAMES = 4;

function reasonLines({ environments }: ImportReport): string[] {
  const named = environments.flatMap(({ environment, coverage }) =>
    coverage.map(({ object, rung, reason }) => {
      const name = objectText(object) + inEnvironment(environment);
      return { name, start: RUNGS[rung].start, reason };
    }),
  );
  const unusual = named.filter(({ start, reason }) => start && !reason.startsWith(NO_FORM));
  const groups = groupBy(unusual, ({ start, reason }) => JSON.stringify([start, reason]));
  return [...groups.values()].map(group => {
    const [{ start, reason }] = group;
    const names = group.map(({ name }) => name);
    return `${start}: ${firstOf(names, MOST_NAMES)}${reason === '' ? '' : `: ${oneLine(reason)}`}`;
  });
}

function namespaceLines(imported: ImportedEnvironment): string[] {
  const { environment, withoutNamespace: count, namespace } = imported;
  if (count === 0) return [];
  const [name, are] = count === 1 ? ['names', 'it is'] : ['name', 'they are'];
  const objects = counted(count, 'object') + inEnvironment(environment);
  return [`${objects} ${name} no namespace: ${are} taken to be in ${namespace}`];
}

function renderImportJson(report: ImportReport): string {
  const { file, outcome, advice, findings, unread, faults, environments } = report;
  return jsonText({
    file,
    outcome,
    coverage: countsOf(report),
    environments: environments.map(({ environment, namespace, objects, changes, coverage }) => ({
      name: environment,
      namespace,
      compared: objects,
      // By the names of fields: their values may be secrets.
      differences: changes.map(change => {
        const object = flatObject(objectName(objectOfChange(change)));
        return { what: change.what, ...object, fields: fieldsOf(change) };
      }),
      objects: coverage.map(({ object, reason, ...covered }) => {
        return { ...flatObject(objectName(object)), ...covered, reason: reason || null };
      }),
    })),
    findings: [...findings, ...unread, ...faults].map(flatFinding),
    advice,
  });
}
