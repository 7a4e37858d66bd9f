import type { Path } from '../../ground/finding.ts';
import { type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { type Made, namedAfter } from '../secret-ends.ts';
import { selectorReads } from '../secret-refs.ts';

/** The group of the kinds of MariaDB's operator. */
export const MARIADB = 'k8s.mariadb.com';

export const mariaDbConnection: Kind = {
  group: MARIADB,
  kind: 'Connection',
  mayHoldSymbols: () => true,
  makes: object => connectionSecret(object, specOf(object), ['spec'], object.name),
  reads: object => selectorReads(specOf(object), ['spec']),
};

const PARTS = ['usernameKey', 'passwordKey', 'hostKey', 'portKey', 'databaseKey'];

/** How to connect, as one text and in parts (docs/facts/operators.md#mariadb-operator). */
export function connectionSecret(
  { json }: PlacedObject,
  connection: JsonObject,
  path: Path,
  name: string,
): Made[] {
  if (Object.keys(connection).length === 0 || json['spec'] === undefined) return [];
  const template = mapAt(connection, 'secretTemplate');
  const given = textAt(connection, 'secretName');
  const parts = PARTS.flatMap(part => textAt(template, part) ?? []);
  const at = given === undefined ? {} : { path: [...path, 'secretName'] };
  return [namedAfter(given ?? name, [textAt(template, 'key') ?? 'dsn', ...parts], at)];
}
