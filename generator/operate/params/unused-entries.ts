import { isUnresolved } from '../../ground/unresolved.ts';
import type { AwsStore } from '../../kinds/eso/aws-provider.ts';
import type { NamedFault } from '../../lint/locate-findings.ts';
import type { EntryStore, RemoteEntry } from './entry.ts';
import { askedName, type PrefixListing } from './looked-up.ts';

/** The prefix of a store below which all entries should be read; undefined: it has none. */
export function listedPrefix({ aws, prefix = '' }: EntryStore): string | undefined {
  const isNone = aws?.service !== 'ParameterStore' || prefix.replaceAll('/', '') === '';
  return isNone || isUnresolved(prefix) ? undefined : prefix;
}

/** Parameters below a store's prefix that no entry of any environment is. */
export function unusedFaults(
  store: AwsStore,
  { prefix, names }: PrefixListing,
  entries: readonly RemoteEntry[],
): NamedFault[] {
  // A search may find any of them.
  if (entries.some(({ isSearch }) => isSearch)) return [];
  const used = new Set(entries.map(askedName));
  const unused = names.filter(name => !used.has(name)).sort();
  if (unused.length === 0) return [];
  const shown = unused.slice(0, MOST).map(name => `"${name}"`);
  const more = unused.length > MOST ? ` and ${unused.length - MOST} more` : '';
  return [
    {
      rule: { id: 'unused-entry', severity: 'warning' },
      object: store.object,
      path: [...store.path, 'prefix'],
      message: `nothing reads ${shown.join(', ')}${more}, below "${prefix}"`,
      hint: 'Delete what nothing else reads either: a secret that is kept can be lost.',
    },
  ];
}

/** How many names a message lists. */
const MOST = 10;
