import { issuedForIngress } from './cert-manager.ts';
import { type Kind, namedAfter, type PlacedObject, specOf } from './kind.ts';
import { referenceReaders, specReads } from './secret-refs.ts';

const GRAFANA = 'grafana.integreatly.org';
const LOGIN = ['GF_SECURITY_ADMIN_USER', 'GF_SECURITY_ADMIN_PASSWORD'];

/** Its login, its Service, and what is laid over its Deployment (docs/facts/operators.md#grafana). */
export const grafana: Kind = {
  group: GRAFANA,
  kind: 'Grafana',
  provides: {
    services: object =>
      isExternal(object) ? [] : [`${object.name}-service`, `${object.name}-alerting`],
    accounts: object => (isExternal(object) ? [] : [`${object.name}-sa`]),
  },
  makes: object => [
    ...(isExternal(object) || specOf(object)['disableDefaultAdminSecret'] === true
      ? []
      : [namedAfter(`${object.name}-admin-credentials`, LOGIN, { isShared: true })]),
    ...issuedForIngress(specOf(object)['ingress'], ['spec', 'ingress']),
  ],
  reads: specReads,
};

/** A Grafana that runs elsewhere is only talked to. */
function isExternal(object: PlacedObject): boolean {
  return specOf(object)['external'] !== undefined;
}

/** What is put into a Grafana; values of it may come from Secrets beside it (docs/facts/operators.md#grafana). */
export const grafanaParts: readonly Kind[] = referenceReaders(
  GRAFANA,
  'GrafanaAlertRuleGroup GrafanaContactPoint GrafanaDashboard GrafanaDatasource GrafanaFolder GrafanaLibraryPanel GrafanaManifest GrafanaMuteTiming GrafanaNotificationPolicy GrafanaNotificationPolicyRoute GrafanaNotificationTemplate',
);
