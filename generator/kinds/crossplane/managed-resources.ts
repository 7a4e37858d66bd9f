import { textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { type Made, madeAt } from '../secret-ends.ts';
import { selectorReads } from '../secret-refs.ts';

/** Managed resources of the first Crossplane, which are of the cluster, and of the second, which are not. */
const ofCluster: Kind = {
  group: 'crossplane.io',
  kind: 'managed resource',
  isOfCluster: true,
  dataFate: ({ kind }) => ({ fate: 'unknown', because: `its provider decides about a ${kind}` }),
  mayHoldSymbols: () => true,
  makes: connectionSecret,
  /** Of the first Crossplane, in a store that is set elsewhere. */
  mayMake: object => [textAt(specOf(object), 'publishConnectionDetailsTo', 'name') ?? ''],
  reads: object => selectorReads(specOf(object), ['spec']),
};

const { isOfCluster: _, ...shared } = ofCluster;
const namespaced: Kind = { ...shared, group: 'm.crossplane.io' };

/** All of them as two kinds. */
export const managedResources: readonly Kind[] = [ofCluster, namespaced];

/** Groups of providers. */
const PROVIDER = /(^|\.)(crossplane\.io|(aws|gcp|gcp-beta|azure|azuread|tf)(\.m)?\.upbound\.io)$/;

/** Not of managed resources, or of those that wrap whole objects of Kubernetes or charts. */
const OTHER =
  /^((kubernetes|helm)(\.m)?|apiextensions|meta|ops|pkg|protection|secrets)\.crossplane\.io$|^crossplane\.io$/;

/** What is known of a kind of one of Crossplane's providers, of which there are thousands. */
export function managedResource(group: string, kind: string): Kind | undefined {
  if (!PROVIDER.test(group) || OTHER.test(group)) return undefined;
  const isOfNamespace = /(^|\.)m\.(crossplane|upbound)\.io$/.test(group);
  return isOfNamespace && !kind.startsWith('Cluster') ? namespaced : ofCluster;
}

/** What a provider knows goes in there (docs/facts/operators.md#crossplane). */
function connectionSecret(object: PlacedObject): Made[] {
  const namespace = textAt(specOf(object), 'writeConnectionSecretToRef', 'namespace');
  return madeAt(object, ['spec', 'writeConnectionSecretToRef', 'name'], [], {
    isOpen: true,
    ...(namespace !== undefined && { namespace }),
  });
}
