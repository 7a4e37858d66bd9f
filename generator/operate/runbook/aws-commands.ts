import { sh } from '../../ground/shell.ts';
import type { RunbookEntry } from './runbook.ts';

/** The commands with which people look after an entry of AWS; a value is never an argument of one. */
interface EntryCommands {
  /** Whether it is there, and since when; no value. */
  readonly list: string;
  /** Makes it; Parameter Store takes the same for a new value. */
  readonly put: string;
  readonly rotate: string;
  /** Shows the value. */
  readonly read: string;
}

export function entryCommands(entry: RunbookEntry): EntryCommands {
  return entry.service === 'ParameterStore' ? parameterCommands(entry) : secretCommands(entry);
}

function parameterCommands(entry: RunbookEntry): EntryCommands {
  const { name } = entry;
  const region = regionFlag(entry);
  const filter = JSON.stringify([{ Key: 'Name', Values: [name] }]);
  const query = 'Parameters[].[Name,Type,Version,LastModifiedDate]';
  const put = typed(name, writing(entry));
  return {
    list: sh`aws ssm describe-parameters ${region} ${`--parameter-filters=${filter}`} ${`--query=${query}`} --output=text`,
    put,
    rotate: put,
    read: sh`aws ssm get-parameter ${region} ${`--name=${name}`} --with-decryption --query=Parameter.Value --output=text`,
  };
}

function secretCommands(entry: RunbookEntry): EntryCommands {
  const { name } = entry;
  const region = regionFlag(entry);
  const id = `--secret-id=${name}`;
  const query = '[Name,LastChangedDate,DeletedDate,RotationEnabled]';
  return {
    list: sh`aws secretsmanager describe-secret ${region} ${id} ${`--query=${query}`} --output=text`,
    put: typed(
      name,
      sh`aws secretsmanager create-secret ${region} ${`--name=${name}`} ${keyFlag('--kms-key-id', entry)} --secret-string=file:///dev/stdin`,
    ),
    rotate: typed(name, writing(entry)),
    read: sh`aws secretsmanager get-secret-value ${region} ${id} --query=SecretString --output=text`,
  };
}

/** Takes its input as the new value of an entry. */
function writing(entry: RunbookEntry): string {
  const { name, service } = entry;
  const region = regionFlag(entry);
  return service === 'ParameterStore'
    ? sh`aws ssm put-parameter ${region} ${`--name=${name}`} --type=SecureString ${keyFlag('--key-id', entry)} --overwrite --value=file:///dev/stdin`
    : sh`aws secretsmanager put-secret-value ${region} ${`--secret-id=${name}`} --secret-string=file:///dev/stdin`;
}

/** The output of a command as the new value of an entry. */
export function pipedInto(command: string, entry: RunbookEntry): string {
  return `${command} | ${writing(entry)}`;
}

/** Asks for a value, which is then seen neither on the screen, in the history nor by other users. */
function typed(name: string, command: string): string {
  return `${sh`read -rsp ${`Value of ${name}: `} value`} && printf %s "$value" | ${command}; unset value`;
}

function regionFlag({ region }: RunbookEntry): string[] {
  return region === undefined ? [] : [`--region=${region}`];
}

function keyFlag(flag: string, { key }: RunbookEntry): string[] {
  return key === undefined ? [] : [`${flag}=${key}`];
}
