import { type BuiltObject, identityOf, type KubeObject } from '../objects/kube-object.ts';
import type { Finding } from '../source/finding.ts';
import { isMap } from '../spec/merge-environment.ts';

/*
 * The KRM function protocol (kustomize, cmd/config/docs/api-conventions/functions-spec.md): a
 * ResourceList comes in on stdin and goes out on stdout.
 */

export interface ResourceList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly unknown[];
  readonly functionConfig?: unknown;
}

export interface Result {
  readonly message: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly resourceRef: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
  };
  readonly field: { readonly path: string };
  readonly file?: { readonly path: string };
  readonly tags: Readonly<Record<string, string>>;
}

/** A ResourceList, or undefined when the input is something else. */
export function asResourceList(value: unknown): ResourceList | undefined {
  if (!isMap(value) || value['kind'] !== 'ResourceList') return undefined;
  const { apiVersion, kind, items, functionConfig } = value;
  return {
    apiVersion: String(apiVersion ?? 'config.kubernetes.io/v1'),
    kind,
    items: Array.isArray(items) ? items : [],
    functionConfig,
  };
}

/**
 * The items that came in, untouched, with the objects: one that is among them already (a second
 * run over its own output) takes its place, the others follow.
 */
export function withObjects(list: ResourceList, built: readonly BuiltObject[]): readonly unknown[] {
  const objects = new Map(built.map(({ object }) => [identityOf(object), object]));
  const items = list.items.map(item => {
    const identity = isObject(item) ? identityOf(item) : '';
    const object = objects.get(identity);
    objects.delete(identity);
    return object ?? item;
  });
  return [...items, ...objects.values()];
}

function isObject(item: unknown): item is KubeObject {
  return isMap(item) && typeof item['apiVersion'] === 'string' && isMap(item['metadata']);
}

/** Findings as KRM results, which carry lines as tags: their `file` has only a path. */
export function resultsOf(findings: readonly Finding[], name: string): Result[] {
  return findings.map(({ message, severity, field, hint, id, at }) => ({
    message: hint === undefined ? message : `${message}. ${hint}`,
    severity,
    resourceRef: { apiVersion: 'rem-secrets.io/v1alpha1', kind: 'RemSecrets', name },
    field: { path: field },
    ...(at !== undefined && { file: { path: at.file } }),
    tags: {
      id,
      ...(at !== undefined && { line: String(at.line), column: String(at.column) }),
    },
  }));
}

/**
 * The file that a functionConfig was read from, relative to the working directory: kustomize says
 * so with `buildMetadata: [originAnnotations]` (kustomize-facts.md, section 1).
 */
export function originPath(functionConfig: unknown): string | undefined {
  const metadata = isMap(functionConfig) ? functionConfig['metadata'] : undefined;
  const annotations = isMap(metadata) ? metadata['annotations'] : undefined;
  const origin = isMap(annotations) ? annotations['config.kubernetes.io/origin'] : undefined;
  return typeof origin === 'string' ? /^path: (.+)$/m.exec(origin)?.[1] : undefined;
}

/** The functionConfig's name, for results. */
export function configName(functionConfig: unknown): string {
  const metadata = isMap(functionConfig) ? functionConfig['metadata'] : undefined;
  return isMap(metadata) ? String(metadata['name'] ?? '') : '';
}
