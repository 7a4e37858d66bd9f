import type { KubeObject } from '../../generator/core/kube-object.ts';
import type { Place } from './moto.ts';
import type { HandMade } from './sets.ts';

/** What a set takes for given and its manifests do not tell: others would have made it. */
export interface Given {
  readonly objects?: readonly KubeObject[];
  readonly secrets?: readonly HandMade[];
  readonly values?: readonly (Place & { readonly tags?: Readonly<Record<string, string>> })[];
}

const parameters = { service: 'ParameterStore', region: 'eu-central-1' } as const;

/** By set. */
export const given: Readonly<Record<string, Given>> = {
  'find-in-namespace': {
    secrets: ['tls-web', 'tls-api', 'other'].map(name => ({
      namespace: 'find-in-namespace',
      name,
      keys: ['tls.crt'],
    })),
  },
  'find-rewrite': {
    values: [
      { ...parameters, key: '/shop/oauth/google/client-id' },
      { ...parameters, key: '/shop/oauth/google/scope' },
      { ...parameters, key: 'team-token', tags: { team: 'shop' } },
    ],
  },
  'irsa-store': {
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {
          name: 'secrets-reader',
          namespace: 'external-secrets',
          annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/reader' },
        },
      },
    ],
  },
  'raw-template': {
    objects: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'smtp-templates', namespace: 'raw-template' },
        data: { 'smtp.ini': 'password={{ .password }}' },
      },
    ],
  },
  'remote-namespace': {
    secrets: [
      { namespace: 'platform', name: 'smtp', keys: ['host', 'password'] },
      { namespace: 'platform', name: 'ldap', keys: ['password'] },
    ],
  },
};
