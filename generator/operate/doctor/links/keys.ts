import type { Reader } from '../../../graph/secret-graph.ts';
import type { Path } from '../../../ground/finding.ts';
import { listAt, mapAt, textAt } from '../../../ground/json.ts';
import { isUnresolved } from '../../../ground/unresolved.ts';
import { coreSecret } from '../../../kinds/core/secret.ts';
import { externalSecret } from '../../../kinds/eso/external-secret.ts';
import { type PlacedObject, specOf } from '../../../kinds/kind.ts';
import { notDumped } from '../evidence.ts';
import { type Examined, OK, type Verdict } from '../verdict.ts';

/** Whether the Secret has every key that is read. */
export function keysLink({ secret, dump, commands, ...rest }: Examined): Verdict {
  const wanted = secret.readers.flatMap(wantedKeys);
  if (wanted.length === 0) return undefined;
  const live = dump.secret(secret.namespace, secret.name);
  if (live === undefined)
    return secret.readers.every(({ isOptional }) => isOptional)
      ? OK
      : notDumped(coreSecret, secret.namespace, dump, commands);
  const { keys } = live;
  if (keys === undefined)
    return { state: 'unknown', because: `${dump.teller} does not tell which keys the Secret has` };
  const missing = wanted.find(({ key }) => !keys.has(key));
  if (missing === undefined) return OK;
  if (live.hasMore === true)
    return {
      state: 'unknown',
      because: `nobody manages the key "${missing.key}", and the Secret has keys that nobody manages`,
    };
  const { key, object, path } = missing;
  const names = [...keys].sort().map(name => `"${name}"`);
  const has = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const changed = dump.ageOf(live.written);
  return {
    state: 'broken',
    message: `Secret "${secret.name}" has no key "${key}", which ${object.kind} "${object.name}" reads`,
    evidence: [{ kind: 'absence', text: has, ...(changed !== undefined && { age: changed }) }],
    object,
    path,
    command: mending(key, { secret, dump, commands, ...rest }),
  };
}

interface WantedKey {
  readonly key: string;
  readonly object: PlacedObject;
  readonly path: Path;
}

function wantedKeys({ key, keyPath, needs = [], path, object, isOptional }: Reader): WantedKey[] {
  if (isOptional) return [];
  const named = key === undefined ? [...needs] : [key];
  const at = key === undefined ? path : (keyPath ?? path);
  return named.filter(name => !isUnresolved(name)).map(name => ({ key: name, object, path: at }));
}

/** What gives the key in the manifests is applied, or done again. */
function mending(key: string, { secret, dump, commands }: Examined): string | undefined {
  const maker = secret.node?.makers.find(({ keys }) => keys.has(key));
  const { namespace, name } = secret;
  if (maker === undefined) return commands.kubectl('edit', 'secret', name, '-n', namespace);
  const { object } = maker;
  if (object.known !== externalSecret) return commands.apply(object);
  const live = dump.find(externalSecret, object.namespace, object.name);
  return live !== undefined && gives(live, key)
    ? commands.sync(namespace, object.name)
    : commands.apply(object);
}

/** Whether the ExternalSecret of the cluster may give a key: it names it, or fetches all there are. */
function gives(live: PlacedObject, key: string): boolean {
  const spec = specOf(live);
  const fetched = listAt(spec, 'data').some(entry => textAt(entry, 'secretKey') === key);
  const made = Object.hasOwn(mapAt(spec, 'target', 'template', 'data'), key);
  return fetched || made || listAt(spec, 'dataFrom').length > 0;
}
