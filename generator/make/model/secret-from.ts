import type { Fault, Path } from '../../ground/finding.ts';
import type { SecretSpec } from '../spec/secret-spec.ts';
import { type Fetched, remoteRef } from './fetched.ts';
import { checkSecret, type SecretContext } from './references.ts';
import { templateKeys, urlKeys, urlTarget } from './template.ts';

/**
 * What `from` fetches of another Secret: the keys that are named, or that the templates use, or
 * else the whole Secret. Reports a Secret or a key that is not there.
 */
export function fetchFrom(
  from: string,
  secret: SecretSpec,
  path: Path,
  context: SecretContext,
): Fetched {
  checkRemoteNamespace(from, secret, path, context);
  if (path.at(-1) === from) context.report(readsItself(from, path));
  else checkSecret({ secret: from }, [...path, 'from'], [...path, 'from'], context);
  const source = context.lookUp(from) ?? { keys: new Set<string>(), isOpen: true };
  const named = Object.entries(secret.keys ?? {});
  const used = named.length > 0 ? undefined : usedKeys(secret, context);
  const pairs = used?.map(key => [key, key] as const) ?? named;
  if (pairs.length === 0) {
    const dataFrom = [{ extract: remoteRef({ key: from }) }];
    return { data: [], dataFrom, generator: undefined, ...readsOf(from), keys: source };
  }
  const data = pairs.map(([secretKey, remote]) => {
    const property = typeof remote === 'string' ? remote : (remote.property ?? secretKey);
    if (typeof remote !== 'string' && remote.key !== undefined) {
      context.report(keyBesideFrom([...path, 'keys', secretKey, 'key']));
    }
    const keyPath = used === undefined ? [...path, 'keys', secretKey] : [...path, 'template'];
    checkSecret({ secret: from, key: property }, keyPath, keyPath, context);
    const options = typeof remote === 'string' ? {} : remote;
    return { secretKey, remoteRef: remoteRef({ ...options, key: from, property }) };
  });
  const keys = { keys: new Set(data.map(entry => entry.secretKey)), isOpen: false };
  return { data, dataFrom: [], generator: undefined, ...readsOf(from), keys };
}

function keyBesideFrom(path: Path): Fault {
  return {
    id: 'unused-field',
    message: '"from" names the Secret already, and "key" would name another',
    hint: 'Remove key; property names the key of the Secret.',
    path,
    isAboutName: true,
  };
}

function readsItself(name: string, path: Path): Fault {
  return {
    id: 'unknown-secret',
    message: `secret "${name}" is read from itself`,
    hint: 'Name the Secret it is made of.',
    path: [...path, 'from'],
  };
}

/** The keys that all templates together use, when their text tells. */
function usedKeys(
  { from, template, templateFrom }: SecretSpec,
  context: SecretContext,
): readonly string[] | undefined {
  if (template === undefined || templateFrom !== undefined) return undefined;
  const used = Object.values(template).map(text =>
    typeof text === 'string'
      ? templateKeys(text)
      : urlKeys(text.postgresUrl ?? {}, urlTarget(from, context)),
  );
  if (used.includes(undefined)) return undefined;
  const keys = [...new Set(used.flatMap(keys => keys ?? []))].sort();
  return keys.length === 0 ? undefined : keys;
}

function checkRemoteNamespace(
  from: string,
  { store }: SecretSpec,
  path: Path,
  { spec, namespace, report }: SecretContext,
): void {
  const remote = spec.stores?.[store ?? '']?.kubernetes?.remoteNamespace ?? namespace;
  if (remote === namespace) return;
  report({
    id: 'remote-namespace',
    message: `store "${store}" reads namespace "${remote}", and secret "${from}" is in "${namespace}"`,
    hint: 'Leave remoteNamespace out: a kubernetes store reads the namespace of its environment.',
    path: [...path, 'from'],
    related: [{ note: 'the store', path: ['stores', store ?? '', 'kubernetes'] }],
  });
}

function readsOf(from: string): Pick<Fetched, 'reads' | 'remoteReads'> {
  return { reads: [from], remoteReads: [from] };
}
