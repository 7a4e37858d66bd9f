import type { Path } from '../core/finding.ts';
import {
  firstOfEach,
  groupBy,
  listAt,
  mapAt,
  scalarText,
  sortBy,
  sum,
  textAt,
} from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { accountOf } from '../kinds/ack.ts';
import { innerSpec } from '../kinds/eso/external-secret.ts';
import { refreshOf } from '../kinds/eso/group.ts';
import {
  type AwsSource,
  PARAMETER_NAMES,
  parameterNameFault,
  SECRET_NAMES,
  secretNameFault,
} from '../kinds/eso/stores.ts';
import type { ObjectField, PlacedObject } from '../kinds/kind.ts';
import { type AwsEntry, awsEntries, callsFor } from './aws-entries.ts';
import { accountRole } from './iam.ts';
import type { SecretGraph } from './secret-graph.ts';

/** An account, as far as it is known, and a region: AWS counts the calls of the two together. */
export interface AwsHome {
  /** Twelve digits; undefined: no manifest has it. */
  readonly account: string | undefined;
  /** An unknown account is that of ESO itself (true), or that of a store. */
  readonly isOwn: boolean;
  readonly region: string | undefined;
  readonly refreshings: readonly Refreshing[];
}

/** The accounts and regions in which calls are made, sorted. */
export function awsHomes(graph: SecretGraph): AwsHome[] {
  const keyOf = oncePer((store: AwsSource) => {
    const { account, isOwn, region = '' } = awsHome(store, graph);
    const { kind, namespace, name } = store.object;
    return JSON.stringify([account ?? (isOwn ? '' : `${kind}/${namespace}/${name}`), region]);
  });
  const groups = groupBy(refreshings(graph), ({ store }) => keyOf(store));
  return sortBy([...groups], ([key]) => key).map(([, group]) => ({
    ...awsHome(group[0].store, graph),
    refreshings: group,
  }));
}

/** AWS counts calls by account. For a store that is the account of the last role it assumes. */
export function awsHome(store: AwsSource, graph: SecretGraph): Omit<AwsHome, 'refreshings'> {
  const { settings, region } = store;
  const isKnown = region !== '' && !isUnresolved(region);
  const [last] = listAt(settings, 'additionalRoles').slice(-1).map(scalarText);
  const role = textAt(settings, 'role') ?? last ?? accountRole(store, graph);
  const account = role === undefined ? undefined : accountOf(role);
  const isOwn = role === undefined && Object.keys(mapAt(settings, 'auth')).length === 0;
  return { account, isOwn, region: isKnown ? region : undefined };
}

/** The calls a second of all refreshings together, by action. */
export function callRates(all: readonly Refreshing[], found: number): CallCounts {
  const rates = new Map<string, number>();
  for (const refreshing of all)
    for (const [action, count] of callsOfRefresh(refreshing, found)) {
      const { copies, seconds } = refreshing;
      rates.set(action, (rates.get(action) ?? 0) + (count * copies) / seconds);
    }
  return rates;
}

/** The sum of some actions' counts. */
export function sumOf(counts: CallCounts, actions: Iterable<string> = counts.keys()): number {
  return sum([...actions].map(action => counts.get(action) ?? 0));
}

/** An object that ESO refreshes, and the entries that it asks one store of AWS for. */
export interface Refreshing {
  readonly object: PlacedObject;
  readonly store: AwsSource;
  readonly entries: readonly AwsEntry[];
  readonly copies: number;
  readonly seconds: number;
}

/** All objects that are refreshed from AWS, or pushed to it, again and again (docs/facts/eso.md#refresh). */
export const refreshings: (graph: SecretGraph) => readonly Refreshing[] = oncePer(graph => {
  const external = groupBy(graph.externalSecrets, ({ object }) => object);
  return [...groupBy(awsEntries(graph), ({ object }) => object)].flatMap(([object, entries]) => {
    const made = external.get(object) ?? [];
    const { isActive, seconds = HOUR } = made[0]?.refresh ?? refreshOf(innerSpec(object).spec);
    if (!isActive || seconds <= 0) return [];
    const copies = Math.max(1, made.length);
    const groups = [...groupBy(entries, ({ store }) => store.object).values()];
    return groups.map(all => ({ object, store: all[0].store, entries: all, copies, seconds }));
  });
});

/** The CRD's default, for an interval that is no duration. */
const HOUR = 3600;

export type CallCounts = ReadonlyMap<string, number>;

/** The calls of a refresh that changes nothing (docs/facts/eso.md#calls-of-a-refresh); a search finds `found`. */
export function callsOfRefresh({ store, entries }: Refreshing, found: number): CallCounts {
  const counts = new Map<string, number>();
  // Within one refresh ESO reads a version of a secret once, however many properties are read.
  const read = store.service === 'SecretsManager' ? firstOfEach(entries, identityOf) : entries;
  for (const { action, page, isRare } of read.flatMap(callsFor)) {
    const pages = page === undefined ? 1 : Math.max(1, Math.ceil(found / page));
    if (!isRare) counts.set(action, (counts.get(action) ?? 0) + pages);
  }
  return counts;
}

function identityOf({ object, path, name, uses }: AwsEntry): string {
  const isRead = uses[0] === 'value' || uses[0] === 'metadata';
  const version = textAt(object.json, ...path.slice(0, -1), 'version');
  return JSON.stringify(isRead ? [name, uses[0], version] : path);
}

/** The number of objects that are refreshed, with their copies in other namespaces. */
export function objectCount(all: readonly Refreshing[]): number {
  return sum(firstOfEach(all, ({ object }) => object).map(({ copies }) => copies));
}

/** A name that AWS does not allow, or that is not of its store: in a policy it might act as a pattern. */
export interface NameFault extends ObjectField {
  readonly id: 'parameter-name' | 'aws-name';
  readonly message: string;
  readonly hint: string;
  /** It is a name that nothing has: a policy on it allows nothing. */
  readonly isHarmless?: true;
}

type NameText = Omit<NameFault, keyof ObjectField>;

export const nameFaults: (graph: SecretGraph) => readonly NameFault[] = oncePer(graph => {
  const faults = awsEntries(graph).flatMap(entry =>
    entryFaults(entry, awsHome(entry.store, graph).account),
  );
  return firstOfEach(faults, ({ object, path, message }) =>
    JSON.stringify([object.file, object.path, object.name, path, message]),
  );
});

/** The wrong names of an entry: its own, the path of a search, its key. `account`: the store's, where it is known. */
export function entryFaults(entry: AwsEntry, account: string | undefined): NameFault[] {
  const { object, path, uses } = entry;
  if (uses.length === 0) return [{ object, path, ...NO_SEARCH }];
  return namesOf(entry).flatMap(({ text, path, isKey }) => {
    const wrong = isKey ? keyFault(text, entry.store) : nameFault(text, entry, account);
    return wrong === undefined ? [] : [{ object: entry.object, path, ...wrong }];
  });
}

const NO_SEARCH = {
  id: 'aws-name',
  message: 'the search has neither a name nor tags, and External Secrets refuses it',
  hint: 'Write name: { regexp: .* } for all below its path.',
} as const;

/** The texts of an entry that are still to be filled in: a policy cannot name it, and IAM has variables of its own. */
export function unresolvedNames(entry: AwsEntry): Pick<Name, 'text' | 'path'>[] {
  const tags = Object.entries(mapAt(entry.find, 'tags')).map(([tag, value]) => ({
    text: scalarText(value),
    path: [...entry.path, 'tags', tag],
  }));
  return [...namesOf(entry), ...tags].filter(({ text }) => isUnresolved(text));
}

interface Name {
  readonly text: string;
  readonly path: Path;
  readonly isKey?: true;
}

function namesOf({ path, name = '', find, metadata, metadataPath = [] }: AwsEntry): Name[] {
  const below = (textAt(find, 'path') ?? '').replace(/\/$/, '');
  const key = textAt(metadata, 'kmsKeyID') ?? '';
  const names: Name[] = [
    { text: name, path },
    { text: below, path: [...path, 'path'] },
    { text: key, path: [...metadataPath, 'kmsKeyID'], isKey: true },
  ];
  return names.filter(({ text }) => text !== '');
}

function nameFault(text: string, { store }: AwsEntry, account: string | undefined) {
  return text.startsWith('arn:') ? arnFault(text, store, account) : plainFault(text, store);
}

function plainFault(text: string, { service }: AwsSource): NameText | undefined {
  const isParameter = service === 'ParameterStore';
  const plain = filledIn(text);
  const called = isParameter ? 'parameter' : 'secret';
  const wrong = isParameter ? readableFault(plain) : secretNameFault(plain);
  if (wrong === undefined) return undefined;
  return {
    id: isParameter ? 'parameter-name' : 'aws-name',
    message: `"${text}" cannot be the name of a ${called}: ${wrong}`,
    hint: isParameter ? PARAMETER_NAMES : SECRET_NAMES,
    ...(!/[*?]/.test(text) && { isHarmless: true }),
  };
}

/** AWS has parameters of its own, and `name:3` and `name:label` read a version. */
function readableFault(name: string): string | undefined {
  const plain = name.replace(/(?<=.):[\w.-]+$/, '');
  const ofAws = /^\/aws\/(?:service|reference)(?=\/|$)/;
  return parameterNameFault(ofAws.test(plain) ? plain.replace(ofAws, '/public') : plain);
}

function filledIn(text: string): string {
  return text.replaceAll(/\$\{[^}]{0,300}\}|\{\{[^{}]{0,300}\}\}|^<.*>$/g, 'x');
}

const ARN =
  /^arn:aws[\w-]*:([\w-]+):([\w-]+):(\d{12}|x|(?=:parameter\/aws\/)):(?:secret:(?!\/)|parameter(?=\/))(.+)$/;

function arnFault(arn: string, store: AwsSource, account?: string): NameText | undefined {
  const isParameter = store.service === 'ParameterStore';
  const service = isParameter ? 'ssm' : 'secretsmanager';
  const [, ofService, ...parts] = ARN.exec(filledIn(arn)) ?? [];
  const why =
    ofService === service
      ? elsewhere(arn, parts, store, account)
      : `it is no ARN of the service ${service}`;
  if (why === undefined) return plainFault(parts[2] ?? '', store);
  const { kind, name } = store.object;
  return {
    id: 'aws-name',
    message: `"${arn}" cannot be asked for by ${kind} "${name}": ${why}`,
    hint: `Write the name alone, or arn:aws:${service}:REGION:ACCOUNT:${isParameter ? 'parameter/NAME' : 'secret:NAME'}. What is elsewhere is read with a store that logs in there.`,
  };
}

function elsewhere(
  arn: string,
  [ofRegion, ofAccount = '']: readonly string[],
  { region }: AwsSource,
  account = ofAccount,
): string | undefined {
  if (isUnresolved(arn)) return undefined;
  if (ofRegion !== region && region !== '' && !isUnresolved(region))
    return `it is in region ${ofRegion}, and the store asks ${region}`;
  return ofAccount === account || ofAccount === ''
    ? undefined
    : `it is of account ${ofAccount}, and the store logs in to ${account}`;
}

const KEY =
  /^(?:arn:aws[\w-]*:kms:([\w-]+):(?:\d{12}|x):(?=key\/|alias\/))?(?:(?:key\/)?[\w-]+|alias\/[\w/-]+)$/;

function keyFault(text: string, { region }: AwsSource): NameText | undefined {
  const [whole, inRegion = region] = KEY.exec(filledIn(text)) ?? [];
  const isElsewhere = inRegion !== region && !isUnresolved(text + region) && region !== '';
  if (whole !== undefined && !isElsewhere) return undefined;
  return {
    id: 'aws-name',
    message:
      isElsewhere && whole !== undefined
        ? `key "${text}" is in region ${inRegion}, and the store writes to ${region}`
        : `"${text}" cannot be the name of a key of KMS`,
    hint: 'Write the ID or the ARN of a key, or alias/NAME. A key encrypts what is in its own region.',
  };
}
