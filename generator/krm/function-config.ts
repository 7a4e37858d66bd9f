import { type Fault, type Finding, movedFault, type Path } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { isMap, valueAt } from '../core/json.ts';
import { annotationsOf, metadataOf } from '../core/kube-object.ts';
import { oncePerText } from '../core/once.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { KRM } from '../kinds/krm.ts';
import { objectText, renderText } from '../report/text.ts';
import { exitCodes } from '../shell/command.ts';
import { isNamedFile } from '../world/inside.ts';
import type { FieldPlace } from '../world/places.ts';
import { parseDocument, parseStream } from '../yaml/parse.ts';
import { locate, partAt, placesIn, type SourceFile } from '../yaml/places.ts';
import type { ResourceList } from './list-places.ts';
import { editedList, emptyList, isGeneratorCall, withoutField } from './list-places.ts';
import type { ItemFinding, Merge, MergedResults } from './results.ts';
import { isSameObject, markOf, mergeResults, resultOf } from './results.ts';

/** What a function found in a list, and what becomes of the items unless it has failed. */
export interface Answer {
  readonly found: readonly ItemFinding[];
  readonly hasFailed: boolean;
  readonly merge?: Merge;
  /** Whether the list goes out with its functionConfig; absent: unless it has failed. */
  readonly isShown?: boolean;
}

/** Writes the answer to stdout, and its findings to stderr. Returns the exit code. */
export function writeAnswer(text: string, list: ResourceList, answer: Answer, host: Host): number {
  const { found, hasFailed, merge, isShown = !hasFailed } = answer;
  const findings = found.map(({ finding }) => finding);
  host.stderr(findings.map(findingText).join(''));
  const { functionConfig, ...bare } = list;
  const ours = found.map(({ result }) => result);
  const results = mergeResults(list.results ?? [], ours, functionConfig);
  // It ends up in logs. Without a text the list is written anew.
  const out = isShown ? { text, list } : { text: withoutField(text, 'functionConfig'), list: bare };
  const done = (hasFailed ? undefined : merge) ?? { added: [], replaced: new Map() };
  host.stdout(
    findings.some(({ rule }) => rule === 'secret-value')
      ? renderRefusal(findings)
      : renderMerge(out.text, out.list, done, results),
  );
  return hasFailed ? exitCodes.findings : exitCodes.ok;
}

/** A finding with the object that it is about: its file may be unknown, or hold many objects. */
function findingText(finding: Finding): string {
  const { object, field } = finding;
  if (object === undefined) return renderText([finding]);
  const subject = objectText(object);
  if (finding.at === undefined) return renderText([{ ...finding, field: `${subject} ${field}` }]);
  return renderText([{ ...finding, message: `${subject}: ${finding.message}` }]);
}

/** A generator's list is JSON without items: cut short, it does not parse. Other lists keep their text, with ours put in. */
function renderMerge(text: string, list: ResourceList, merge: Merge, results: MergedResults) {
  if (isGeneratorCall(list)) return renderJson({ ...list, items: [] }, merge, results);
  return editedList(text, merge, results) ?? renderJson(list, merge, results);
}

/** A list of nothing but findings: what came in cannot be used, or must not be shown. */
export function renderRefusal(findings: readonly Finding[]): string {
  const results = findings.map(finding => resultOf(finding, undefined));
  return JSON.stringify({ ...emptyList, results });
}

function renderJson(list: ResourceList, merge: Merge, { all }: MergedResults): string {
  const { apiVersion, kind, items: before, results: _, ...others } = list;
  const items = before.map((item, index) => merge.replaced.get(index) ?? item);
  return JSON.stringify({
    apiVersion,
    kind,
    items: [...merge.added, ...items],
    ...others,
    ...(all.length > 0 && { results: all }),
  });
}

/** Places in the files that objects say they come from, as far as those can be read. */
export function originPlaces(host: Host): FieldPlace {
  const originIn = oncePerText((file: string) => {
    const source = readOrigin(file, host);
    const { value } = source === undefined ? {} : parseStream(source.text);
    return source && value && { documents: value, places: placesIn({ ...source, isStream: true }) };
  });
  return (object, path) => {
    // kustomize names the file with `buildMetadata: [originAnnotations]`, kpt always.
    const file = originPath(object.json) ?? markOf(object.json, 'path');
    const origin = file === undefined ? undefined : originIn(file);
    const index = origin && indexOf(object, origin.documents);
    return index === undefined ? undefined : origin?.places({ path: [index, ...path] });
  };
}

/** The document that an object comes from: overlays may give it another namespace. */
function indexOf({ json }: PlacedObject, documents: readonly unknown[]): number | undefined {
  const same = [...documents.keys()].filter(index => isSameObject(documents[index], json));
  const { namespace } = metadataOf(json);
  const isHere = (at: number): boolean => metadataOf(documents[at])['namespace'] === namespace;
  return same.find(isHere) ?? (same.length === 1 ? same[0] : undefined);
}

/** Larger files are not read only to find a line. */
const MOST_BYTES = 20 * 1024 * 1024;

/** The file that an object says it comes from. Anybody can write that, so no link may lead elsewhere. */
export function readOrigin(file: string, host: Host): SourceFile | undefined {
  if (!isNamedFile(file, host) || host.sizeOf(file) > MOST_BYTES) return undefined;
  return { file, text: textOf(file, host) };
}

/** The functionConfig's file, from the build's root (docs/facts/kustomize.md#origin-of-a-configuration). */
export function originPath(functionConfig: unknown): string | undefined {
  const text = annotationsOf(functionConfig)[`${KRM}/origin`];
  const origin = typeof text === 'string' ? parseDocument(text).value : undefined;
  if (!isMap(origin) || origin['repo'] !== undefined) return undefined;
  return typeof origin['path'] === 'string' ? origin['path'] : undefined;
}

/** Faults of a functionConfig with their places in its file; values that a patch set are not there. */
export function foundInConfig(
  faults: readonly Fault[],
  functionConfig: unknown,
  source: SourceFile | undefined,
): ItemFinding[] {
  const documents =
    source === undefined || faults.length === 0 ? [] : (parseStream(source.text).value ?? []);
  const index = documents.findIndex(document => isSameObject(document, functionConfig));
  const isHere = ({ path }: Fault): boolean =>
    index >= 0 &&
    (partAt(path, source?.parts) !== undefined || isFrom(documents[index], functionConfig, path));
  const here = faults.filter(isHere).map(fault => movedFault(fault, path => [index, ...path]));
  const located = locate(here, source && { ...source, isStream: true }).map(finding => {
    return { ...finding, field: finding.field.replace(/^\[\d+\]\.?/, '') };
  });
  const patched = faults.filter(fault => !isHere(fault));
  const findings = [...located, ...locate(patched, undefined)];
  return findings.map(finding => ({ finding, result: resultOf(finding, functionConfig) }));
}

function isFrom(document: unknown, functionConfig: unknown, path: Path): boolean {
  return [...path.keys(), path.length].every(end => {
    const [ours, theirs] = [document, functionConfig].map(map => valueAt(map, path.slice(0, end)));
    if (theirs === undefined) return true;
    const isScalar = typeof theirs !== 'object' || theirs === null;
    return isScalar ? ours === theirs : ours?.constructor === theirs.constructor;
  });
}
