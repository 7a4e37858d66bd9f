import type { Finding, Place } from '../../ground/finding.ts';
import { isMap, isSame, scalarText } from '../../ground/json.ts';
import { annotationsOf, metadataOf } from '../../ground/kube-object.ts';
import { locate } from '../../ground/locate.ts';
import { KRM } from '../../kinds/krm/resource-list.ts';
import { checkItems } from './check-items.ts';

/** One finding, as a ResourceList carries it. */
export interface Result {
  readonly message: string;
  readonly severity: Finding['severity'];
  readonly resourceRef?: ResourceRef;
  /** Only together with a resourceRef. */
  readonly field?: { readonly path: string };
  readonly file?: ResultFile;
  readonly tags: Readonly<Record<string, string>>;
}

/** The object that a result is about. */
interface ResourceRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Where an object is written; `index` counts the documents of the file from 0. */
interface ResultFile {
  readonly path: string;
  readonly index?: number;
}

/** A finding, and the result that carries it. */
export interface ItemFinding {
  readonly finding: Finding;
  readonly result: Result;
}

/** Findings about a functionConfig as KRM results. */
export function resultsOf(findings: readonly Finding[], functionConfig: unknown): Result[] {
  return findings.map(finding => resultOf(finding, functionConfig));
}

/** What is wrong with items as such. A result names the index itself: the item may have no name. */
export function foundInItems(items: readonly unknown[]): ItemFinding[] {
  return checkItems(items).flatMap(({ index, ...fault }) =>
    locate([fault], undefined).map(finding => {
      const message = `${finding.field}: ${finding.message}`;
      return { finding, result: resultOf({ ...finding, message, field: '' }, items[index]) };
    }),
  );
}

/** A finding about an object as a result, which carries the line as a tag: its file has a path. */
export function resultOf(finding: Finding, object: unknown): Result {
  const { message, severity, field, hint, rule, at } = finding;
  const resourceRef = refOf(object);
  const file = fileOf(object, at);
  return {
    message: hint === undefined ? message : `${message}. ${hint}`,
    severity,
    ...(resourceRef !== undefined && { resourceRef }),
    ...(resourceRef !== undefined && field !== '' && { field: { path: field } }),
    ...(file !== undefined && { file }),
    tags: {
      rule,
      ...(at !== undefined && { line: String(at.line), column: String(at.column) }),
    },
  };
}

function refOf(object: unknown): ResourceRef | undefined {
  if (!isMap(object)) return undefined;
  const { apiVersion, kind } = object;
  const { name, namespace } = metadataOf(object);
  const isRef =
    typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string';
  if (!isRef) return undefined;
  return { apiVersion, kind, name, ...(typeof namespace === 'string' && { namespace }) };
}

/** The file that the finding stands in, or else the one that the caller read the object from. */
function fileOf(object: unknown, at: Place | undefined): ResultFile | undefined {
  const path = markOf(object, 'path');
  if (at !== undefined && at.file !== path) return { path: at.file };
  if (path === undefined) return undefined;
  const index = Number(markOf(object, 'index') ?? Number.NaN);
  return { path, ...(Number.isSafeInteger(index) && index >= 0 && { index }) };
}

/** What the caller has written on an object, under the name of now or of before. */
export function markOf(object: unknown, name: 'index' | 'path'): string | undefined {
  const annotations = annotationsOf(object);
  const marks = [`internal.${KRM}/${name}`, `${KRM}/${name}`].map(key =>
    scalarText(annotations[key]),
  );
  return marks.find(mark => mark !== '');
}

/** What a function of ours found, and its name in a pipeline. */
export interface OwnResults {
  readonly maker: string;
  readonly found: readonly Result[];
}

/** Results of the function that has this functionConfig: each of ours in a pipeline has its own. */
export function ownResults(functionConfig: unknown, found: readonly Result[]): OwnResults {
  const kind = isMap(functionConfig) ? functionConfig['kind'] : undefined;
  const { namespace, name } = metadataOf(functionConfig);
  const parts = ['rem-secrets', ...[kind, namespace, name].map(scalarText)];
  return { maker: parts.filter(part => part !== '').join('/'), found };
}

/** What becomes of the results that a ResourceList brings when ours join them. */
export interface MergedResults {
  /** Ours, which come first, and those of other functions. */
  readonly all: readonly unknown[];
  /** Ours of this run, when no run before has left any. */
  readonly added: readonly Result[];
  /** Ours of a run before say something else, and go. */
  readonly isReplaced: boolean;
}

/**
 * Puts our results beside those of the functions before us. What this function said in an earlier
 * run is told by a tag, so that a second run over its own output changes nothing.
 */
export function mergeResults(
  results: readonly unknown[],
  { maker, found }: OwnResults,
): MergedResults {
  const ours = found.map(result => ({ ...result, tags: { ...result.tags, [TAG]: maker } }));
  const before = results.filter(result => tagOf(result) === maker);
  const others = results.filter(result => tagOf(result) !== maker);
  const isReplaced = before.length > 0 && !isSame(before, ours);
  return {
    all: before.length > 0 && !isReplaced ? results : [...ours, ...others],
    added: before.length > 0 ? [] : ours,
    isReplaced,
  };
}

const TAG = 'function';

function tagOf(result: unknown): unknown {
  const tags = isMap(result) ? result['tags'] : undefined;
  return isMap(tags) && Object.hasOwn(tags, TAG) ? tags[TAG] : undefined;
}
