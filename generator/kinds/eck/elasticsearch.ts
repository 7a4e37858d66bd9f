import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { fateOfClaims } from '../claims-fate.ts';
import type { DataFate } from '../data-fate.ts';
import { type Find, type Item, type Kind, specOf } from '../kind.ts';
import { namedAfter } from '../made.ts';
import type { Made } from '../secret-ends.ts';
import { referenceReads } from '../secret-refs.ts';

/** The login of its first user, and its certificate (docs/facts/operators.md#elastic-cloud-on-kubernetes). */
export const elasticsearch: Kind = {
  group: 'elasticsearch.k8s.elastic.co',
  kind: 'Elasticsearch',
  isPrecious: true,
  dataFate: claimsFate,
  services: item => {
    const sets = listAt(specOf(item), 'nodeSets').flatMap(set => textAt(set, 'name') ?? []);
    const ends = ['http', 'internal-http', 'transport', 'remote-cluster', ...sets];
    return ends.map(end => `${item.name}-es-${end}`);
  },

  makes: item => {
    const isOff = mapAt(specOf(item), 'auth')['disableElasticUser'] === true;
    return [
      ...(isOff
        ? []
        : [namedAfter(`${item.name}-es-elastic-user`, ['elastic'], { isShared: true })]),
      httpCertificate(`${item.name}-es`),
    ];
  },

  reads: item => referenceReads(specOf(item), ['spec']),
  /** Users, settings and certificates of its own parts. */
  mayMakeToo: ({ name }, secret) =>
    secret.startsWith(`${name}-es-`) && !secret.endsWith('-es-elastic-user'),
};

/** The public part of what HTTP is served with. */
export function httpCertificate(name: string): Made {
  return namedAfter(`${name}-http-certs-public`, ['ca.crt', 'tls.crt'], { isInternal: true });
}

const POLICY = 'volumeClaimDeletePolicy';

/** Claims go with it unless it says otherwise (docs/facts/operators.md#elastic-cloud-on-kubernetes). */
function claimsFate(item: Item, find: Find): DataFate {
  const policy = textAt(specOf(item), POLICY) || 'DeleteOnScaledownAndClusterDeletion';
  const because = `${POLICY}: ${policy}`;
  if (policy === 'DeleteOnScaledownOnly') return { fate: 'kept', because, path: ['spec', POLICY] };
  const claims = listAt(specOf(item), 'nodeSets').flatMap(set => {
    const own = listAt(set, 'volumeClaimTemplates').map(claim => mapAt(claim, 'spec'));
    return own.length === 0 ? [{}] : own;
  });
  return fateOfClaims(claims, find, because);
}
