import { type Kind, specOf } from '../kind.ts';
import { referenceReads } from '../secret-refs.ts';
import { httpCertificate } from './elasticsearch.ts';

/** Its certificate (docs/facts/operators.md#elastic-cloud-on-kubernetes). */
export const kibana: Kind = {
  group: 'kibana.k8s.elastic.co',
  kind: 'Kibana',
  services: ({ name }) => [`${name}-kb-http`],
  makes: ({ name }) => [httpCertificate(`${name}-kb`)],
  reads: object => referenceReads(specOf(object), ['spec']),
  mayMakeToo: ({ name }, secret) =>
    secret.startsWith(`${name}-kb-`) || secret.startsWith(`${name}-kibana-`),
};
