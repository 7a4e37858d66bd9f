import { mapAt } from '../../ground/json.ts';
import { mapsIn } from '../../ground/json-walk.ts';
import { fateOfSet } from '../claims-fate.ts';
import type { DataFate } from '../data-fate.ts';
import { type Find, type Kind, type PlacedObject, specOf } from '../kind.ts';
import { type Made, namedAfter } from '../secret-ends.ts';
import { selectorReads } from '../secret-refs.ts';
import { connectionSecret, MARIADB } from './connection.ts';

/** Passwords that it makes, unless it is given them (docs/facts/operators.md#mariadb-operator). */
export const mariaDb: Kind = {
  group: MARIADB,
  kind: 'MariaDB',
  isPrecious: true,
  dataFate: storageFate,
  mayHoldSymbols: () => true,
  services: ({ name }) => ['', '-internal', '-primary', '-secondary'].map(end => name + end),
  makes: object => [
    ...generated(object),
    ...ownPasswords(object),
    ...connectionSecret(
      object,
      mapAt(specOf(object), 'connection'),
      ['spec', 'connection'],
      object.name,
    ),
  ],
  reads: object => selectorReads(specOf(object), ['spec']),
  /** Certificates, and passwords of its own parts. */
  mayMakeToo: ({ name }, secret) => secret.startsWith(`${name}-`),
};

/** Its claims are those of a StatefulSet (docs/facts/operators.md#mariadb-operator). */
function storageFate(object: PlacedObject, find: Find): DataFate | undefined {
  const { ephemeral, storageClassName, volumeClaimTemplate } = mapAt(specOf(object), 'storage');
  if (ephemeral === true) return undefined;
  const claim = {
    ...mapAt(volumeClaimTemplate),
    ...(typeof storageClassName === 'string' && { storageClassName }),
  };
  return fateOfSet(object, ['storage', 'pvcRetentionPolicy'], [claim], find);
}

/** What is to be made where it is not there; an operator that finds it keeps it. */
export function generated({ json }: PlacedObject): Made[] {
  return mapsIn(json['spec'], ['spec']).flatMap(({ map, path }) => {
    const { name, key, generate } = map;
    if (generate !== true || typeof name !== 'string' || typeof key !== 'string') return [];
    return [namedAfter(name, [key], { path: [...path, 'name'], isShared: true })];
  });
}

function ownPasswords(object: PlacedObject): Made[] {
  const spec = specOf(object);
  const hasRoot = spec['rootPasswordSecretKeyRef'] ?? spec['rootEmptyPassword'];
  const isGiven = ['passwordSecretKeyRef', 'passwordHashSecretKeyRef', 'passwordPlugin'].some(
    field => spec[field] !== undefined,
  );
  const hasUser = spec['username'] !== undefined && !isGiven;
  return [
    ...(hasRoot === undefined || hasRoot === false ? [`${object.name}-root`] : []),
    ...(hasUser ? [`${object.name}-password`] : []),
  ].map(secret => namedAfter(secret, ['password'], { isShared: true }));
}
