import { listAt, mapAt, textAt } from '../core/json.ts';
import { type DataFate, decided } from './facets.ts';
import { type Kind, type Made, madeAt, type PlacedObject, specOf } from './kind.ts';
import { specSelectors } from './secret-refs.ts';

/** Managed resources of Crossplane 1 belong to the cluster, those of Crossplane 2 to a namespace. */
const ofCluster: Kind = {
  group: 'crossplane.io',
  kind: 'managed resource',
  isOfCluster: true,
  data: { fate: outsideFate },
  secrets: {
    mayHoldSymbols: () => true,
    /** Crossplane 1 writes it to a store that is set elsewhere. */
    possibleNames: object => [textAt(specOf(object), 'publishConnectionDetailsTo', 'name') ?? ''],
  },
  /** Its keys are those that its provider chooses (docs/facts/operators.md#crossplane). */
  makes: object => {
    const namespace = textAt(specOf(object), 'writeConnectionSecretToRef', 'namespace');
    const path = ['spec', 'writeConnectionSecretToRef', 'name'];
    return [...madeAt(object, path, [], { isOpen: true, namespace }), ...generatedIn(object)];
  },
  reads: specSelectors,
};

/** What a provider stores of its own making where the field names a Secret (docs/facts/operators.md#crossplane). */
function generatedIn(object: PlacedObject): Made[] {
  const parameters = mapAt(specOf(object), 'forProvider');
  return GENERATED.filter(([isOn]) => parameters[isOn] === true).flatMap(([, field]) => {
    const namespace = textAt(parameters, field, 'namespace');
    const keys = textAt(parameters, field, 'key') ?? [];
    return madeAt(object, ['spec', 'forProvider', field, 'name'], [keys].flat(), { namespace });
  });
}

const GENERATED = [
  ['autoGeneratePassword', 'passwordSecretRef'],
  ['autoGeneratePassword', 'masterPasswordSecretRef'],
  ['autoGeneratePassword', 'administratorPasswordSecretRef'],
  ['autoGenerateAuthToken', 'authTokenSecretRef'],
] as const;

/** The groups of services that keep data, by their first word. */
const DATA =
  /^(bigquery|bigtable|cache|cosmosdb|database|dbformariadb|dbformysql|dbforpostgresql|docdb|dynamodb|ecr|efs|elasticache|elasticsearch|filestore|fsx|kinesis|memorydb|mongodbatlas|mssql|mysql|neptune|opensearch|postgresql|rds|redis|redshift|s3|spanner|sql|sqs|storage)\./;

/** The kinds of these groups that hold the data, and do not only configure it. */
const HOLDER =
  /^(Account|Bucket|Cluster|ClusterInstance|Container|Database|DatabaseInstance|Dataset|Disk|Domain|EBSVolume|FileShare|FileSystem|FlexibleServer|GlobalCluster|GlobalTable|Instance|MSSQLDatabase|Queue|ReplicationGroup|Repository|Schema|ServerlessCache|Server|Stream|Table|Volume)$/;

/** By default the resource outside of the cluster is deleted with its object (docs/facts/operators.md#crossplane). */
function outsideFate(object: PlacedObject): DataFate | undefined {
  const { group, kind } = object;
  if (!(DATA.test(group) && HOLDER.test(kind))) return undefined;
  const spec = specOf(object);
  const field = 'managementPolicies';
  const policies = listAt(spec, field);
  if (policies.length > 0 && !policies.some(word => word === '*' || word === 'Delete'))
    return { fate: 'kept', because: `${field} without Delete`, path: ['spec', field] };
  const policy = textAt(spec, 'deletionPolicy') ?? 'Delete';
  const path = ['spec', 'deletionPolicy'];
  if (policy === 'Orphan') return decided('kept', path, policy);
  const because = `its provider deletes it outside of the cluster; deletionPolicy: ${policy}`;
  return { fate: 'unknown', because, path };
}

const { isOfCluster: _, ...shared } = ofCluster;
const namespaced: Kind = { ...shared, group: 'm.crossplane.io' };

export const managedResources: readonly Kind[] = [ofCluster, namespaced];
const PROVIDER = /(^|\.)(crossplane\.io|(aws|gcp|gcp-beta|azure|azuread|tf)(\.m)?\.upbound\.io)$/;

/** Groups without managed resources, or whose resources wrap whole objects of Kubernetes or charts. */
const OTHER =
  /^((kubernetes|helm)(\.m)?|apiextensions|meta|ops|pkg|protection|secrets)\.crossplane\.io$|^crossplane\.io$/;

/** What every provider has: a reference to the Secret with its login. */
const LOGIN = /^(Cluster)?ProviderConfig$/;

/** The kind of a managed resource; providers have thousands of them. */
export function managedResource(group: string, kind: string): Kind | undefined {
  if (!PROVIDER.test(group) || (OTHER.test(group) && !LOGIN.test(kind))) return undefined;
  const isOfNamespace = /(^|\.)m\.(crossplane|upbound)\.io$/.test(group);
  return isOfNamespace && !kind.startsWith('Cluster') ? namespaced : ofCluster;
}
