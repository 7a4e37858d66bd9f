import { isUnresolved } from '../../ground/unresolved.ts';
import { parameterNameFault } from '../../kinds/eso/parameter.ts';
import type { RemoteEntry } from './entry.ts';
import type { Found } from './facts.ts';

/** What was found out in one region of one service. */
export interface LookedUp {
  /** By the names that were asked for. */
  readonly found: ReadonlyMap<string, Found>;
  /** All names there are below prefixes that were listed. */
  readonly listed: readonly PrefixListing[];
}

/** Answers what was found out where an entry is. */
export type FoundAt = (entry: RemoteEntry) => LookedUp | undefined;

/** What was found out about an entry; undefined: AWS was not asked for it. */
export function foundOf(entry: RemoteEntry, foundAt: FoundAt): Found | undefined {
  return foundAt(entry)?.found.get(askedName(entry));
}

/** The names that begin so. */
export interface PrefixListing {
  readonly prefix: string;
  readonly names: readonly string[];
}

/** The name that AWS is asked for: a version or label after it is none of it. */
export function askedName({ store: { aws }, name }: RemoteEntry): string {
  const isPlain = aws?.service === 'ParameterStore' && !name.startsWith('arn:');
  return isPlain ? name.replace(/:.*/, '') : name;
}

/** What AWS refuses in the name or ARN of a secret (docs/facts/aws.md#secrets). */
function secretNameFault(name: string): string | undefined {
  const isLegal =
    /^(?:arn:[\w-]{1,20}:secretsmanager:[\w-]{1,40}:\d{12}:secret:)?[\w/+=.@!-]{1,512}$/.test(name);
  return isLegal ? undefined : 'its name is none of Secrets Manager';
}

/** Why AWS cannot be asked for an entry; undefined: it can. */
export function cannotBeAsked(entry: RemoteEntry): string | undefined {
  const { store, isSearch } = entry;
  const name = askedName(entry);
  if (store.aws === undefined) return 'its store is none of AWS, or not in the manifests';
  if (isSearch) return 'it is a search';
  if (name === '' || isUnresolved(name)) return 'its name is filled in later';
  if (store.aws.service !== 'ParameterStore') return secretNameFault(name);
  if (name.startsWith('arn:')) return 'it is named by its ARN, as one of another account is';
  return parameterNameFault(name);
}

/** What was found out, but of entries that are in another account than those of the credentials. */
export function inOwnAccount(entries: readonly RemoteEntry[], foundAt: FoundAt): FoundAt {
  const own = accountAmong(entries, foundAt);
  return entry => {
    const found = foundAt(entry);
    const unknown = found && otherAccount(entry, own);
    return unknown === undefined
      ? found
      : { found: new Map<string, Found>([[askedName(entry), { unknown }]]), listed: [] };
  };
}

/** The account of the credentials, as what they found is in it; an ARN may name another one. */
function accountAmong(entries: readonly RemoteEntry[], foundAt: FoundAt): string | undefined {
  for (const entry of entries) {
    const found = askedName(entry).startsWith('arn:') ? undefined : foundOf(entry, foundAt);
    if (typeof found === 'object' && 'account' in found) return found.account;
  }
  return undefined;
}

function otherAccount(
  { store: { account, name } }: RemoteEntry,
  own: string | undefined,
): string | undefined {
  if (account === undefined || own === undefined || account === own) return undefined;
  return `these credentials are of account ${own}, and ${name.kind} "${name.name}" reads account ${account}`;
}
