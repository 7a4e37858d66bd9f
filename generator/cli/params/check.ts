import type { Finding } from '../../ground/finding.ts';
import { groupBy } from '../../ground/group-by.ts';
import type { Host } from '../../ground/host.ts';
import { locateFindings, type NamedFault } from '../../lint/locate-findings.ts';
import type { RemoteEntry } from '../../operate/params/entry.ts';
import { entryFaults, isThere } from '../../operate/params/entry-faults.ts';
import type { Expected } from '../../operate/params/expected.ts';
import type { Found } from '../../operate/params/facts.ts';
import { cannotBeAsked, type FoundAt, foundOf } from '../../operate/params/looked-up.ts';
import { type EntryList, siblingsAmong } from '../../operate/params/remote-entries.ts';
import { unseenFaults } from '../../operate/params/unseen-faults.ts';
import { listedPrefix, unusedFaults } from '../../operate/params/unused-entries.ts';
import { counted } from '../../report/review/html/prose.ts';
import { exitCodes } from '../command.ts';
import { withKept } from '../host/kept.ts';
import { printFindings } from '../print.ts';
import { tellUnseen } from '../unread.ts';
import { wrongUsage } from '../usage.ts';
import { findOut } from './find-out.ts';
import { placeOf } from './look-up.ts';
import type { CheckOptions } from './params-flags.ts';
import { entriesIn, listOf, type WantedEntries, wantedEntries } from './wanted-entries.ts';

/** Holds what the manifests need against what is in AWS. */
export async function checkEntries(options: CheckOptions, machine: Host): Promise<number> {
  const { environment, format } = options;
  const host = withKept(machine, options);
  if (format === 'csv') wrongUsage('params check has no --format csv, only text, json');
  const { environment: _, ...everywhere } = options;
  // What other environments need is used too, and tells where an entry is that is missing here.
  const all = wantedEntries(everywhere, host);
  if (typeof all === 'number') return all;
  const wanted = environment === undefined ? all.lists : [listOf(environment, all.lists)];
  const { found, isWhole } = await findOut(wanted, all, options, host);
  const findings = locateFindings(faultsOf(wanted, all, found, host), all.placeOf);
  const told = [...new Map(findings.map(finding => [JSON.stringify(finding), finding])).values()];
  const read = tellUnseen(all, host);
  printFindings(told, { format }, host);
  host.stderr(summary(wanted, found, told));
  if (told.some(({ severity }) => severity === 'error')) return exitCodes.findings;
  return isWhole ? read : exitCodes.usage;
}

function faultsOf(
  wanted: readonly EntryList[],
  { lists, specStoreOf, used, unread, broken }: WantedEntries,
  foundAt: FoundAt,
  host: Host,
): NamedFault[] {
  const held = wanted.flatMap(({ environment, entries }) => {
    const others = lists
      .filter(list => list.environment !== environment)
      .map(list => ({ of: list.environment, siblingsOf: siblingsAmong(list.entries) }));
    return entries.flatMap((entry): Expected[] => {
      const found = foundOf(entry, foundAt);
      if (found === undefined) return [];
      const { region } = placeOf(entry, host);
      const elsewhere = others.flatMap(({ of, siblingsOf }) =>
        siblingsOf(entry)
          .filter(other => isSeen(foundOf(other, foundAt)))
          .map(({ name }) => ({ environment: of, name })),
      );
      const { keys } = specStoreOf(environment, entry.store.name.name);
      return [{ entry, found, region, keys, elsewhere }];
    });
  });
  const own = [...unseenFaults(held), ...held.flatMap(entryFaults)];
  const isWhole = unread.length + broken.length === 0;
  return isWhole ? [...own, ...unusedOf(wanted, used(), foundAt, host)] : own;
}

function isSeen(found: Found | undefined): boolean {
  return found !== undefined && isThere(found);
}

/** Once for each prefix: several stores may have the same one. */
function unusedOf(
  wanted: readonly EntryList[],
  all: readonly RemoteEntry[],
  foundAt: FoundAt,
  host: Host,
): NamedFault[] {
  const asked = entriesIn(wanted).filter(entry => cannotBeAsked(entry) === undefined);
  const stores = groupBy(asked, entry => {
    const prefix = listedPrefix(entry.store);
    return prefix === undefined ? undefined : `${placeOf(entry, host).region} ${prefix}`;
  });
  return [...stores].flatMap(([id, [first]]) => {
    const aws = first?.store.aws;
    if (id === undefined || first === undefined || aws === undefined) return [];
    const listing = foundAt(first)?.listed.find(
      ({ prefix }) => prefix === listedPrefix(first.store),
    );
    const near = all.filter(({ store }) => store.aws?.service === aws.service);
    return listing === undefined ? [] : unusedFaults(aws, listing, near);
  });
}

function summary(
  wanted: readonly EntryList[],
  foundAt: FoundAt,
  findings: readonly Finding[],
): string {
  const all = entriesIn(wanted).map(entry => foundOf(entry, foundAt));
  const checked = all.filter(found => found === 'missing' || isSeen(found)).length;
  const left = all.length - checked;
  const rest = left === 0 ? '' : `, ${left} not looked at`;
  const entries = checked === 1 ? '1 entry' : `${checked} entries`;
  return `rem-secrets: ${entries} checked${rest}, ${counted(findings.length, 'finding')}\n`;
}
