import type { RemoteEntry } from './entry.ts';
import type { Found } from './facts.ts';
import { askedName, type FoundAt, foundOf } from './looked-up.ts';

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
