import type { Path } from '../../ground/finding.ts';
import { type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { namedAfter } from '../made.ts';
import type { Made } from '../secret-ends.ts';
import { selectorReads } from '../secret-refs.ts';
import { MARIADB } from './group.ts';

export const mariaDbConnection: Kind = {
  group: MARIADB,
  kind: 'Connection',
  mayHoldSymbols: () => true,
  makes: item => connectionSecret(item, specOf(item), ['spec'], item.name),
  reads: item => selectorReads(specOf(item), ['spec']),
};

const PARTS = ['usernameKey', 'passwordKey', 'hostKey', 'portKey', 'databaseKey'];

/** How to connect, as one text and in parts (docs/facts/operators.md#mariadb-operator). */
export function connectionSecret(
  { object }: Item,
  connection: JsonObject,
  path: Path,
  name: string,
): Made[] {
  if (Object.keys(connection).length === 0 || object['spec'] === undefined) return [];
  const template = mapAt(connection, 'secretTemplate');
  const given = textAt(connection, 'secretName');
  const parts = PARTS.flatMap(part => textAt(template, part) ?? []);
  const at = given === undefined ? {} : { path: [...path, 'secretName'] };
  return [namedAfter(given ?? name, [textAt(template, 'key') ?? 'dsn', ...parts], at)];
}
