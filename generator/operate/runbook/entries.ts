import { awsHome } from '../../graph/aws-homes.ts';
import { type AwsEntry, awsReads } from '../../graph/aws-stores.ts';
import { type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import { groupBy } from '../../ground/group-by.ts';
import { textAt, valueAt } from '../../ground/json.ts';
import { oncePer } from '../../ground/once-per.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { AwsStore } from '../../kinds/eso/aws-provider.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import { isNamed } from '../iam/arn.ts';
import type { IamSettings } from '../iam/settings.ts';
import type { RunbookEntry, RunbookSecret } from './runbook.ts';
import { objectKey } from './secrets.ts';

/** What own objects read from AWS by name, each entry once. */
export function runbookEntries(
  graph: SecretGraph,
  own: ReadonlySet<PlacedObject>,
  secrets: readonly RunbookSecret[],
  keys: IamSettings['keys'],
): RunbookEntry[] {
  const reads = awsReads(graph).filter(
    entry => own.has(entry.object) && entry.name !== undefined && isNamed(entry),
  );
  const made = groupBy(graph.externalSecrets, ({ object }) => object);
  const byId = new Map(secrets.map(secret => [secretId(secret.namespace, secret.name), secret]));
  const targetsOf = ({ object }: AwsEntry): RunbookSecret[] =>
    (made.get(object) ?? []).flatMap(
      ({ namespace, target }) => byId.get(secretId(namespace, target)) ?? [],
    );
  const accountOf = oncePer((store: AwsStore) => awsHome(store, graph).account);
  const groups = groupBy(reads, ({ store, name = '' }) =>
    JSON.stringify([
      ...[store.service, store.region, parameterOf(store.service, name)],
      accountOf(store) ?? '',
    ]),
  );
  const entries = [...groups.values()].flatMap((all): RunbookEntry[] =>
    all[0] === undefined
      ? []
      : [
          {
            ...whatOf(all[0], accountOf(all[0].store)),
            ...keyOf(all, keys),
            properties: [...new Set(all.flatMap(propertyOf))].sort(),
            stores: [...groupBy(all, ({ store }) => store.object).keys()].map(objectName),
            secrets: [...new Set(all.flatMap(targetsOf))],
          },
        ],
  );
  return sortBy(entries, ({ name, stores: [store] }) => name + (store ? objectKey(store) : ''));
}

function whatOf(
  { store: { service, region }, name = '' }: AwsEntry<AwsStore>,
  account: string | undefined,
): Pick<RunbookEntry, 'name' | 'service' | 'region' | 'account'> {
  const isKnown = region !== '' && !isUnresolved(region);
  return {
    name: parameterOf(service, name),
    service,
    ...(isKnown && { region }),
    ...(account !== undefined && { account }),
  };
}

/** The one key that a customer has for the values of its stores. */
function keyOf(all: readonly AwsEntry[], keys: IamSettings['keys']): Pick<RunbookEntry, 'key'> {
  const given = all.flatMap(({ store: { object } }) => [...(keys.get(object.name) ?? [])]);
  const [key, ...others] = new Set(given);
  return key === undefined || others.length > 0 ? {} : { key };
}

/** The version that a parameter's name may end with is none of it. */
function parameterOf(service: string, name: string): string {
  return service === 'ParameterStore' && !name.startsWith('arn:') ? name.replace(/:.*/, '') : name;
}

function propertyOf({ object, path }: AwsEntry): string[] {
  const property = textAt(valueAt(object.json, path.slice(0, -1)), 'property');
  return property === undefined ? [] : [property];
}
