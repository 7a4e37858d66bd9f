import type { Finding } from '../source/finding.ts';
import { isMap } from '../spec/merge-environment.ts';
import { metadataOf } from './resource-list.ts';

/** One finding, as a ResourceList carries it. */
export interface Result {
  readonly message: string;
  readonly severity: Finding['severity'];
  readonly resourceRef?: ResourceRef;
  /** Only together with a resourceRef. */
  readonly field?: { readonly path: string };
  readonly file?: { readonly path: string };
  readonly tags: Readonly<Record<string, string>>;
}

/** The object that a result is about. */
interface ResourceRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Findings about a functionConfig as KRM results. */
export function resultsOf(findings: readonly Finding[], functionConfig: unknown): Result[] {
  return findings.map(finding => resultOf(finding, functionConfig));
}

/** A finding about an object as a result, which carries the line as a tag: its file has a path. */
export function resultOf(finding: Finding, object: unknown): Result {
  const { message, severity, field, hint, id, at } = finding;
  const resourceRef = refOf(object);
  return {
    message: hint === undefined ? message : `${message}. ${hint}`,
    severity,
    ...(resourceRef !== undefined && { resourceRef }),
    ...(resourceRef !== undefined && field !== '' && { field: { path: field } }),
    ...(at !== undefined && { file: { path: at.file } }),
    tags: {
      id,
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
