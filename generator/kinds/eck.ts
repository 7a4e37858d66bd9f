import { listAt, mapAt, textAt } from '../core/json.ts';
import { fateOfClaims } from './core/volumes.ts';
import { type DataFate, decided } from './facets.ts';
import { type Find, type Kind, type Made, namedAfter, type PlacedObject, specOf } from './kind.ts';
import { specReads } from './secret-refs.ts';

/** It makes its certificate (docs/facts/operators.md#elastic-cloud-on-kubernetes). */
export const kibana: Kind = {
  group: 'kibana.k8s.elastic.co',
  kind: 'Kibana',
  provides: { services: ({ name }) => [`${name}-kb-http`] },
  makes: ({ name }) => [httpCertificate(`${name}-kb`)],
  reads: specReads,
  secrets: {
    mayMake: ({ name }, secret) =>
      secret.startsWith(`${name}-kb-`) || secret.startsWith(`${name}-kibana-`),
  },
};

/** It makes the login of its first user, and its certificate (docs/facts/operators.md#elastic-cloud-on-kubernetes). */
export const elasticsearch: Kind = {
  group: 'elasticsearch.k8s.elastic.co',
  kind: 'Elasticsearch',
  data: { isPrecious: true, fate: claimsFate },
  provides: {
    services: object => {
      const sets = listAt(specOf(object), 'nodeSets').flatMap(set => textAt(set, 'name') ?? []);
      const ends = ['http', 'internal-http', 'transport', 'remote-cluster', ...sets];
      return ends.map(end => `${object.name}-es-${end}`);
    },
  },
  makes: object => {
    const isOff = mapAt(specOf(object), 'auth')['disableElasticUser'] === true;
    const login = namedAfter(`${object.name}-es-elastic-user`, ['elastic'], { isShared: true });
    const certificate = httpCertificate(`${object.name}-es`);
    return isOff ? [certificate] : [login, certificate];
  },
  reads: specReads,
  secrets: {
    mayMake: ({ name }, secret) =>
      secret.startsWith(`${name}-es-`) && !secret.endsWith('-es-elastic-user'),
  },
};

function httpCertificate(name: string): Made {
  return namedAfter(`${name}-http-certs-public`, ['ca.crt', 'tls.crt'], { isInternal: true });
}

const POLICY = 'volumeClaimDeletePolicy';

/** By default its claims are deleted with it (docs/facts/operators.md#elastic-cloud-on-kubernetes). */
function claimsFate(object: PlacedObject, find: Find): DataFate {
  const policy = textAt(specOf(object), POLICY) || 'DeleteOnScaledownAndClusterDeletion';
  if (policy === 'DeleteOnScaledownOnly') return decided('kept', ['spec', POLICY], policy);
  const claims = listAt(specOf(object), 'nodeSets').flatMap(set => {
    const templates = listAt(set, 'volumeClaimTemplates').map(claim => mapAt(claim, 'spec'));
    return templates.length === 0 ? [{}] : templates;
  });
  return fateOfClaims(claims, find, `${POLICY}: ${policy}`);
}
