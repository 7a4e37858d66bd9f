import { randomBytes } from 'node:crypto';
import { listAt, mapAt, textAt } from '../../generator/core/json.ts';
import type { SecretGraph } from '../../generator/graph/secret-graph.ts';
import type { ExternalSecret } from '../../generator/kinds/eso/external-secret-spec.ts';
import type { StoreRef } from '../../generator/kinds/eso/stores.ts';
import { storeOf } from '../../generator/kinds/eso/stores.ts';
import { specOf } from '../../generator/kinds/kind.ts';
import { type Place, put } from './moto.ts';

/** Every printable character of ASCII, and some beyond: what a password may be made of. */
export const special: string = `${Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')}äß€😀`;

/** A password with all special characters, different each time. It is shown nowhere. */
export function password(): string {
  const middle = randomBytes(9).toString('base64url');
  return `p${middle}${special}q`;
}

/** The fields of a JSON value of which a spec takes all, which therefore no manifest names. */
const whole = ['client_id', 'client_secret'];

interface Seed extends Place {
  readonly properties: Set<string>;
  readonly isEncoded: boolean;
  readonly versions: number;
}

/** Puts what the ExternalSecrets of a set read from AWS: made-up values, and JSON where fields are read. */
export async function seed(graph: SecretGraph, owner: string): Promise<void> {
  const seeds = new Map<string, Seed>();
  for (const secret of graph.externalSecrets) {
    for (const { storeRef, key, property, path } of secret.data) {
      const remote = mapAt(listAt(secret.spec, 'data')[Number(path.at(-1))], 'remoteRef');
      add(graph, seeds, secret, storeRef, key, remote, property === undefined ? [] : [property]);
    }
    for (const { storeRef, extract, spec } of secret.dataFrom) {
      if (extract === undefined) continue;
      add(graph, seeds, secret, storeRef, extract, mapAt(spec, 'extract'), whole);
    }
  }
  await Promise.all([...seeds.values()].map(found => putSeed(found, owner)));
}

function add(
  graph: SecretGraph,
  seeds: Map<string, Seed>,
  secret: ExternalSecret,
  storeRef: StoreRef | undefined,
  key: string,
  remote: object,
  properties: readonly string[],
): void {
  const place = placeOf(graph, secret, storeRef, key);
  if (place === undefined) return;
  const id = JSON.stringify(place);
  const version = Number(textAt(remote, 'version') ?? 1);
  const found = seeds.get(id) ?? {
    ...place,
    properties: new Set<string>(),
    isEncoded: textAt(remote, 'decodingStrategy') === 'Base64',
    versions: Number.isNaN(version) ? 1 : version,
  };
  for (const property of properties) found.properties.add(property);
  seeds.set(id, found);
}

/** Where a store of the set looks for a key, if it is one of AWS. */
function placeOf(
  graph: SecretGraph,
  { namespace }: ExternalSecret,
  storeRef: StoreRef | undefined,
  key: string,
): Place | undefined {
  if (storeRef === undefined) return undefined;
  const store = storeOf(graph.find, storeRef, namespace);
  const aws = store === undefined ? {} : mapAt(specOf(store), 'provider', 'aws');
  const [service, region] = [textAt(aws, 'service'), textAt(aws, 'region')];
  if (region === undefined) return undefined;
  if (service !== 'ParameterStore' && service !== 'SecretsManager') return undefined;
  return { service, region, key };
}

/** Logins have the owner's name; all else is a password. */
async function putSeed(found: Seed, owner: string): Promise<void> {
  const made = (name: string): string => (/user(name)?$/.test(name) ? owner : password());
  const fields = [...found.properties].map(name => [name, made(name)]);
  const plain = fields.length > 0 ? JSON.stringify(Object.fromEntries(fields)) : made(found.key);
  const value = found.isEncoded ? Buffer.from(plain).toString('base64') : plain;
  for (let version = 0; version < found.versions; version += 1) await put(found, value);
}
