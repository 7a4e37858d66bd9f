import { type JsonObject, mapAt, textAt } from '../../core/json.ts';

/** How ESO asks a provider for its entries, and what they are called there (docs/facts/eso.md#entries-of-providers). */
export interface Provider {
  readonly title: string;
  /** What a key names. */
  readonly entry: string;
  /** What a property names; absent: ESO reads none of an entry in `data`. */
  readonly property?: string;
  /** Whether an entry is one text, which is JSON where properties of it are read. */
  readonly isText?: true;
  /** What ESO refuses or passes over in a `remoteRef`, an `extract` or a `find`, by the settings of the store. */
  readonly faults: (ask: Ask, settings: JsonObject) => Faults;
}

interface Ask {
  readonly how: 'data' | 'extract' | 'find';
  readonly ref: JsonObject;
}

interface EntryFault {
  readonly field: string | undefined;
  /** error: ESO refuses it, or the provider cannot have it. warning: ESO passes over it. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly hint: string;
}

type Faults = Iterable<EntryFault>;

export type StoreProvider = { readonly provider: Provider; readonly settings: JsonObject };

/** The provider that a store names, with its settings; undefined: we do not know it. */
export function providerOf(written: JsonObject): StoreProvider | undefined {
  const [name = '', ...others] = Object.keys(written);
  const provider = Object.hasOwn(PROVIDERS, name) ? PROVIDERS[name] : undefined;
  return provider === undefined || others.length > 0
    ? undefined
    : { provider, settings: mapAt(written, name) };
}

const TEXT = { entry: 'secret', isText: true } as const;

/** By ESO's name for each. That of AWS is in stores.ts. */
const PROVIDERS: Readonly<Record<string, Provider>> = {
  vault: { title: 'Vault', entry: 'secret', property: 'key', faults: vaultFaults },
  onepassword: {
    title: '1Password',
    entry: 'item',
    property: 'field',
    faults: ({ ref }) => refused(ref, 'version', 'with 1Password'),
  },
  onepasswordSDK: { title: '1Password', entry: 'item', faults: onepasswordSdkFaults },
  bitwardensecretsmanager: { ...TEXT, title: 'Bitwarden', faults: bitwardenFaults },
  gcpsm: { ...TEXT, title: 'Secret Manager', property: 'property', faults: gcpFaults },
  azurekv: { ...TEXT, title: 'Key Vault', property: 'property', faults: azureFaults },
};

function vaultFaults(ask: Ask, settings: JsonObject): Faults {
  return settings['version'] === 'v1' ? firstVaultFaults(ask) : secondVaultFaults(ask, settings);
}

/** The first version of KV keeps no versions and no metadata. */
function* firstVaultFaults({ how, ref }: Ask): Faults {
  yield* ignored(ref, 'version', 'version v1 of KV keeps only the newest value');
  if (how === 'find') yield* refused(ref, 'tags', 'with version v1 of KV');
  if (ref['metadataPolicy'] === 'Fetch')
    yield* refused(ref, 'metadataPolicy', 'Fetch with version v1 of KV');
}

function* secondVaultFaults({ how, ref }: Ask, settings: JsonObject): Faults {
  const version = textAt(ref, 'version') ?? '';
  const noNumber = `Vault takes a number for a version, and "${version}" is none`;
  if (!/^\d*$/.test(version))
    yield error(noNumber, 'Write the number of the version, or nothing for the newest.', 'version');
  const field = how === 'find' ? 'path' : 'key';
  const isOfMetadata = how === 'find' || ref['metadataPolicy'] === 'Fetch';
  // Without the mount ESO makes the path of metadata from one of data.
  if (settings['path'] === undefined && isOfMetadata && !textAt(ref, field)?.includes('data'))
    yield error(
      'ESO does not find the metadata: the store has no path, and there is no data in this one',
      'Write the mount as path of the store, or here with data, as in secret/data/shop.',
      Object.hasOwn(ref, field) ? field : undefined,
    );
}

/** The key is a reference to a field: what 1Password writes after `op://VAULT/`. */
function* onepasswordSdkFaults({ how, ref }: Ask): Faults {
  if (how === 'find') {
    const hint = 'Name each item: extract takes all fields of one.';
    yield error('ESO has no search with onepasswordSDK', hint);
    return;
  }
  yield* refused(ref, 'version', 'with 1Password');
  if (how !== 'data') return;
  const key = textAt(ref, 'key') ?? '';
  const parts = key.replace(/^\//, '').replace(/\?.*/, '').split('/').length;
  if (parts < 2 || parts > 3)
    yield error(
      `the key "${key}" names no field: with onepasswordSDK it is item/field, or item/section/field`,
      `Write ${parts < 2 ? `${key}/${textAt(ref, 'property') ?? 'password'}` : 'item/section/field; the vault stands in the store'}.`,
      'key',
    );
  else yield* ignored(ref, 'property', 'the field is the end of the key');
}

function* bitwardenFaults({ how, ref }: Ask): Faults {
  if (how !== 'find') yield* ignored(ref, 'property', 'a secret of Bitwarden is one text');
  const reason = 'ESO takes every secret of the organization, each with its ID as key';
  for (const field of how === 'find' ? ['name', 'path', 'tags'] : [])
    yield* ignored(ref, field, reason);
}

function* gcpFaults({ how, ref }: Ask): Faults {
  const rest = 'the project stands in the store';
  const message = 'ESO searches Secret Manager by name or tags, and this search has neither';
  if (how !== 'find') yield* nameFault(ref, /^[\w-]{1,255}$/, 'letters, digits, _ and -', rest);
  else if (ref['name'] === undefined && ref['tags'] === undefined)
    yield error(message, 'Add name: { regexp: .* }; path is the beginning of the names.');
}

function* azureFaults({ how, ref }: Ask): Faults {
  if (how === 'find') return;
  const [, type = 'secret'] = /^([^/]*)\//.exec(textAt(ref, 'key') ?? '') ?? [];
  if (!['secret', 'key', 'cert'].includes(type)) {
    yield error(
      `Key Vault has no "${type}": what stands before the / is secret, key or cert`,
      'Names in Key Vault have no /; write the type and the name, such as cert/shop.',
      'key',
    );
    return;
  }
  const rest = 'at most secret/, key/ or cert/ stands before it';
  yield* nameFault(ref, /^(?:\w+\/)?[A-Za-z\d-]{1,127}$/, 'letters, digits and -', rest);
  const message = `ESO takes a ${type} of Key Vault as a whole: extract reads secrets`;
  if (type !== 'secret' && how === 'extract')
    yield error(message, 'Read it in data, with a secretKey.', 'key');
}

function* nameFault(ref: JsonObject, legal: RegExp, signs: string, rest: string): Faults {
  const key = textAt(ref, 'key') ?? '';
  const message = `"${key}" is the name of no secret there: a name has ${signs}`;
  if (!legal.test(key)) yield error(message, `Write the name alone; ${rest}.`, 'key');
}

function error(message: string, hint: string, field?: string): EntryFault {
  return { field, severity: 'error', message, hint };
}

function* refused(ref: JsonObject, field: string, where: string): Faults {
  if (isAsked(ref, field))
    yield error(`ESO refuses ${field} ${where}`, `Take ${field} out.`, field);
}

function* ignored(ref: JsonObject, field: string, reason: string): Faults {
  const message = `ESO passes over ${field}: ${reason}`;
  const hint = `Take ${field} out, and look whether the Secret is what its readers expect.`;
  if (isAsked(ref, field)) yield { field, severity: 'warning', message, hint };
}

function isAsked(ref: JsonObject, field: string): boolean {
  return Object.hasOwn(ref, field) && ref[field] !== '';
}
