import { textAt } from '../../ground/json.ts';
import { chartValues } from '../helm/chart-values.ts';
import type { PlacedObject } from '../kind.ts';
import { type Made, namedAfter } from '../secret-ends.ts';
import { ARGOCD } from './application.ts';

const SETTINGS = 'argocd-cm';

const SHARED = { isInternal: true, isShared: true } as const;

/** The Secrets that Argo CD's installation and Argo CD itself make, wherever it is. */
export const ARGOCD_SECRETS: readonly string[] = ['argocd-secret', 'argocd-initial-admin-secret'];

/** The one that Argo CD writes to while it runs, and a key that it cannot do without. */
export const ARGOCD_OWN = { secret: 'argocd-secret', key: 'server.secretkey' } as const;

/** Whether Argo CD runs in the namespace of an object: its settings, projects and chart are nowhere else. */
export function isWithArgo({ group, kind, name, json }: PlacedObject): boolean {
  if (group === ARGOCD) return kind === 'AppProject';
  if (group === '') return kind === 'ConfigMap' && name === SETTINGS;
  return json['chart'] === 'argo-cd' && kind === chartValues.kind;
}

/** What Argo CD makes where its settings are (docs/facts/argocd.md#own-secrets). */
export function argoSecrets({ json, name }: PlacedObject): Made[] {
  const isPart = textAt(json, 'metadata', 'labels', 'app.kubernetes.io/part-of') === 'argocd';
  if (name !== SETTINGS && !isPart) return [];
  return [
    namedAfter(ARGOCD_OWN.secret, ['admin.password', ARGOCD_OWN.key], { ...SHARED, isOpen: true }),
    namedAfter('argocd-initial-admin-secret', ['password'], SHARED),
    namedAfter('argocd-redis', ['auth'], SHARED),
  ];
}
