import type { Finding, Place } from '../../ground/finding.ts';
import { isMap, scalarText } from '../../ground/json.ts';
import { locate } from '../../ground/locate.ts';
import { KRM } from '../../kinds/krm/resource-list.ts';
import { checkItems } from './check-items.ts';
import { annotationsOf, metadataOf } from './resource-list.ts';

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
export interface Found {
  readonly finding: Finding;
  readonly result: Result;
}

/** Findings about a functionConfig as KRM results. */
export function resultsOf(findings: readonly Finding[], functionConfig: unknown): Result[] {
  return findings.map(finding => resultOf(finding, functionConfig));
}

/** What is wrong with items as such. A result names the index itself: the item may have no name. */
export function foundInItems(items: readonly unknown[]): Found[] {
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
