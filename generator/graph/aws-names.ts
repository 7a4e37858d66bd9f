import type { Path } from '../core/finding.ts';
import { mapAt, scalarText, textAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import {
  PARAMETER_NAMES,
  parameterNameFault,
  SECRET_NAMES,
  secretNameFault,
} from '../kinds/eso/aws-calls.ts';
import type { AwsSource } from '../kinds/eso/stores.ts';
import type { ObjectField } from '../kinds/kind.ts';
import { awsHome } from './aws-accounts.ts';
import { type AwsEntry, awsEntries } from './aws-entries.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A name that nothing in AWS can have, or that is not of its store: in a policy it could become a pattern. */
export interface NameFault extends ObjectField {
  readonly id: 'parameter-name' | 'aws-name';
  readonly message: string;
  readonly hint: string;
  /** It is a name that nothing has: a policy on it allows nothing. */
  readonly isHarmless?: true;
}

type NameText = Omit<NameFault, keyof ObjectField>;

/** The wrong names of a graph, each once. */
export const nameFaults: (graph: SecretGraph) => readonly NameFault[] = oncePer(graph => {
  const checked = new Set<string>();
  return awsEntries(graph)
    .flatMap(entry => entryFaults(entry, awsHome(entry.store, graph).account))
    .filter(({ object, path, message }) => {
      const id = JSON.stringify([object.file, object.path, object.name, path, message]);
      return !checked.has(id) && checked.add(id);
    });
});

/** The wrong names of an entry: its own, the path of a search, its key. `account`: the store's, where it is known. */
export function entryFaults(entry: AwsEntry, account: string | undefined): NameFault[] {
  return namesOf(entry).flatMap(({ text, path, isKey }) => {
    const wrong = isKey ? keyFault(text, entry.store) : nameFault(text, entry, account);
    return wrong === undefined ? [] : [{ object: entry.object, path, ...wrong }];
  });
}

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
  /** It names a key of KMS. */
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

function nameFault(text: string, entry: AwsEntry, account: string | undefined) {
  const isParameter = entry.store.service === 'ParameterStore';
  return text.startsWith('arn:')
    ? arnFault(text, entry.store, account, isParameter)
    : plainFault(text, isParameter);
}

function plainFault(text: string, isParameter: boolean): NameText | undefined {
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

/** A name with a letter for each part that is filled in later. */
function filledIn(text: string): string {
  return text.replaceAll(/\$\{[^}]{0,300}\}|\{\{[^{}]{0,300}\}\}|^<.*>$/g, 'x');
}

const ARN =
  /^arn:aws[\w-]*:([\w-]+):([\w-]+):(\d{12}|x|(?=:parameter\/aws\/)):(?:secret:(?!\/)|parameter(?=\/))(.+)$/;

function arnFault(
  arn: string,
  store: AwsSource,
  account: string | undefined,
  isParameter: boolean,
): NameText | undefined {
  const [service, form] = isParameter
    ? ['ssm', 'parameter/NAME']
    : ['secretsmanager', 'secret:NAME'];
  const [, ofService, ...parts] = ARN.exec(filledIn(arn)) ?? [];
  const why =
    ofService === service
      ? elsewhere(arn, parts, store, account)
      : `it is no ARN of the service ${service}`;
  if (why === undefined) return plainFault(parts[2] ?? '', isParameter);
  const { kind, name } = store.object;
  return {
    id: 'aws-name',
    message: `"${arn}" cannot be asked for by ${kind} "${name}": ${why}`,
    hint: `Write the name alone, or arn:aws:${service}:REGION:ACCOUNT:${form}. What is elsewhere is read with a store that logs in there.`,
  };
}

/** An ARN is asked for in the region of the store, with its login. */
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
