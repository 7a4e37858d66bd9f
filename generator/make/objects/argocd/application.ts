import type { JsonObject } from '../../../ground/json.ts';
import type { KubeObject } from '../../../ground/kube-object.ts';
import type { ArgocdModel } from '../../model/argocd.ts';
import type { UnitPlace } from './placed-unit.ts';

/** What one Application applies, and where. */
export interface ApplicationParts {
  readonly name: string;
  readonly project: string;
  /** In the root; those of an ApplicationSet have none. */
  readonly wave?: number;
  readonly source: JsonObject;
  readonly destination: UnitPlace | Required<Record<'name' | 'server' | 'namespace', string>>;
  /** Whether what is no longer in the source goes from the cluster. */
  readonly isPruned: boolean;
  /** Besides those that every Application has. */
  readonly syncOptions?: readonly string[];
}

/**
 * An Argo CD Application. It has no finalizer: deleting it leaves what it applied. Retry, because
 * a CNPG cluster that changes and an ExternalSecret whose Secret is not there yet count as failed
 * (docs/facts/argocd.md#waves-and-health); server-side diff, because webhooks and CRDs fill in
 * fields (docs/facts/argocd.md#differences, docs/facts/cnpg.md#filled-in-by-the-webhook).
 */
export function application(model: ArgocdModel, parts: ApplicationParts): KubeObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: parts.name,
      namespace: model.namespace,
      labels: argocdLabels(model),
      annotations: {
        'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
        ...(parts.wave !== undefined && { 'argocd.argoproj.io/sync-wave': String(parts.wave) }),
      },
    },
    spec: {
      project: parts.project,
      source: parts.source,
      destination: parts.destination,
      syncPolicy: {
        automated: { prune: parts.isPruned, selfHeal: true },
        retry: {
          limit: 10,
          backoff: { duration: '10s', factor: 2, maxDuration: '5m' },
          refresh: true,
        },
        syncOptions: ['ServerSideApply=true', ...(parts.syncOptions ?? [])],
      },
    },
  };
}

/** A folder of the spec's repository as an Application's source. */
export function folderSource(model: ArgocdModel, folder: string): JsonObject {
  return {
    repoURL: model.repository,
    path: model.path === '' ? folder : `${model.path}/${folder}`,
    targetRevision: model.revision,
  };
}

/** The labels that all generated objects have. */
export function argocdLabels({ name }: ArgocdModel): Record<string, string> {
  return { 'app.kubernetes.io/managed-by': 'rem-secrets', 'app.kubernetes.io/part-of': name };
}
