import { issuedForIngress } from '../cert-manager/shim.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { namedAfter } from '../made.ts';
import { referenceReads } from '../secret-refs.ts';

export const GRAFANA = 'grafana.integreatly.org';

const LOGIN = ['GF_SECURITY_ADMIN_USER', 'GF_SECURITY_ADMIN_PASSWORD'];

/** Its login, its Service, and what is laid over its Deployment (docs/facts/operators.md#grafana). */
export const grafana: Kind = {
  group: GRAFANA,
  kind: 'Grafana',
  services: item => (isExternal(item) ? [] : [`${item.name}-service`, `${item.name}-alerting`]),
  accounts: item => (isExternal(item) ? [] : [`${item.name}-sa`]),

  makes: item => [
    ...(isExternal(item) || specOf(item)['disableDefaultAdminSecret'] === true
      ? []
      : [namedAfter(`${item.name}-admin-credentials`, LOGIN, { isShared: true })]),
    ...issuedForIngress(specOf(item)['ingress'], ['spec', 'ingress']),
  ],

  reads: item => referenceReads(specOf(item), ['spec']),
};

/** A Grafana that runs elsewhere is only talked to. */
function isExternal(item: Item): boolean {
  return specOf(item)['external'] !== undefined;
}
