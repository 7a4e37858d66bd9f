import type { Json, JsonObject } from '../../../ground/json.ts';
import type { KubeObject } from '../../../ground/kube-object.ts';
import type { FluxModel } from '../../model/flux.ts';

/** What one Kustomization of Flux applies. */
export interface KustomizationParts {
  readonly name: string;
  /** The folder, from that of the spec. */
  readonly folder: string;
  /** Kustomizations that have to be ready first, by name. */
  readonly after: readonly string[];
  /** The namespace that all of its objects are in; undefined: not all are. */
  readonly namespace?: string;
  /** What is taken away of the folder's build. */
  readonly patches: readonly JsonObject[];
  readonly health: readonly JsonObject[];
  /** Whether it is ready only when all of its objects are. */
  readonly isWaiting: boolean;
}

/**
 * A Kustomization of Flux. It deletes what its folder has no more, and when it is deleted itself, leaves what it
 * applied (docs/facts/flux.md#pruning).
 */
export function kustomization(model: FluxModel, parts: KustomizationParts): KubeObject {
  const { after, namespace, patches, health } = parts;
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: parts.name, namespace: model.namespace, labels: labelsOf(model) },
    spec: {
      ...(after.length > 0 && { dependsOn: after.map((name): Json => ({ name })) }),
      interval: model.interval,
      retryInterval: '1m',
      timeout: model.timeout,
      sourceRef: { ...model.source },
      path: `./${model.path === '' ? '' : `${model.path}/`}${parts.folder}`,
      ...(namespace !== undefined && { targetNamespace: namespace }),
      prune: true,
      deletionPolicy: 'Orphan',
      ...(model.serviceAccount !== undefined && { serviceAccountName: model.serviceAccount }),
      ...(parts.isWaiting && { wait: true }),
      ...(health.length > 0 && { healthCheckExprs: health }),
      ...(patches.length > 0 && { patches }),
    },
  };
}

/** The source of a repository that the spec names. */
export function gitRepository(model: FluxModel): KubeObject[] {
  const { repository, source, namespace } = model;
  if (repository === undefined) return [];
  return [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: source.name, namespace, labels: labelsOf(model) },
      spec: {
        interval: '1m',
        url: repository.url,
        ref: { branch: repository.branch },
        ...(repository.secret !== undefined && { secretRef: { name: repository.secret } }),
      },
    },
  ];
}

/** The labels that all generated objects have. */
function labelsOf({ name }: FluxModel): Record<string, string> {
  return { 'app.kubernetes.io/managed-by': 'rem-secrets', 'app.kubernetes.io/part-of': name };
}
