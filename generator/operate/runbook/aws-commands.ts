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
  const put = typed(
    name,
    sh`aws ssm put-parameter ${region} ${`--name=${name}`} --type=SecureString --overwrite --value=file:///dev/stdin`,
  );
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
      sh`aws secretsmanager create-secret ${region} ${`--name=${name}`} --secret-string=file:///dev/stdin`,
    ),
    rotate: typed(
      name,
      sh`aws secretsmanager put-secret-value ${region} ${id} --secret-string=file:///dev/stdin`,
    ),
    read: sh`aws secretsmanager get-secret-value ${region} ${id} --query=SecretString --output=text`,
  };
}

/** The output of a command as the new value of an entry. */
export function pipedInto(command: string, { name, ...entry }: RunbookEntry): string {
  const { rotate } = entryCommands({ ...entry, name });
  return rotate.replace(/^.*?\| (?=aws )/s, () => `${command} | `).replace(/; unset value$/, '');
}

/** Asks for a value, which is then seen neither on the screen, in the history nor by other users. */
function typed(name: string, command: string): string {
  return `${sh`read -rsp ${`Value of ${name}: `} value`} && printf %s "$value" | ${command}; unset value`;
}

function regionFlag({ region }: RunbookEntry): string[] {
  return region === undefined ? [] : [`--region=${region}`];
}
