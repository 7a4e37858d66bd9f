import type { ObjectName } from '../core/finding.ts';
import { sh } from '../core/sh.ts';
import type { Phoenix, Rollout, RunbookEntry, RunbookSecret } from './entries.ts';

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

/** Has External Secrets fetch at once: it looks when an annotation changes (docs/facts/eso.md#refresh). */
export function syncCommand(namespace: string, external: string): string {
  return `${sh`kubectl ${home(namespace)} annotate ${`externalsecret/${external}`}`} force-sync="$(date +%s)" --overwrite`;
}

/** When it was last fetched, and what it says. */
export function syncedCommand(namespace: string, external: string): string {
  const path = '{.status.refreshTime} {.status.conditions[*].message}{"\\n"}';
  return sh`kubectl ${home(namespace)} get ${`externalsecret/${external}`} ${`--output=jsonpath=${path}`}`;
}

export function restartCommand({ namespace, target }: Rollout): string {
  return sh`kubectl ${home(namespace)} rollout restart ${target}`;
}

export function rolloutCommand({ namespace, target }: Rollout): string {
  return sh`kubectl ${home(namespace)} rollout status ${target} --timeout=5m`;
}

/** Deletes a Secret that its operator makes anew (docs/facts/cnpg.md#a-new-password). */
export function renewCommand(namespace: string, name: string): string {
  return sh`kubectl ${home(namespace)} delete ${`secret/${name}`}`;
}

/** The names of the keys of a Secret, without their values. */
export function keysCommand(namespace: string, name: string): string {
  const template = '{{range $key, $value := .data}}{{$key}}{{"\\n"}}{{end}}';
  return sh`kubectl ${home(namespace)} get ${`secret/${name}`} ${`--output=go-template=${template}`}`;
}

/** Makes a Secret of values that are asked for one by one; undefined where its names are none. */
export function createCommand(secret: RunbookSecret): string | undefined {
  const { namespace, name, keys } = secret;
  if (!isCreatable(secret)) return undefined;
  return `${asked(keys)} && ${creation(namespace, name, keys)}; unset ${variables(keys)}`;
}

/** The same for one that is there. */
export function replaceCommand(secret: RunbookSecret): string | undefined {
  const { namespace, name, keys } = secret;
  if (!isCreatable(secret)) return undefined;
  const made = `${creation(namespace, name, keys)} --dry-run=client --output=json`;
  return `${asked(keys)} && ${made} | ${sh`kubectl ${home(namespace)} replace --filename=-`}; unset ${variables(keys)}`;
}

/** All keys are told, and names are as the API server takes them: what is none might be a flag. */
function isCreatable({ name, keys, isOpen }: RunbookSecret): boolean {
  const isNamed = /^[a-z0-9][-.a-z0-9]*$/.test(name) && keys.every(key => /^[-.\w]+$/.test(key));
  return isNamed && keys.length > 0 && !isOpen;
}

function asked(keys: readonly string[]): string {
  return keys.map((key, index) => sh`read -rsp ${`${key}: `} ${`v${index}`}`).join(' && ');
}

function creation(namespace: string, name: string, keys: readonly string[]): string {
  const files = keys.map(
    (key, index) => `${sh`${`--from-file=${key}`}`}=<(printf %s "$v${index}")`,
  );
  return `${sh`kubectl ${home(namespace)} create secret generic ${name}`} ${files.join(' ')}`;
}

function variables(keys: readonly string[]): string {
  return keys.map((_, index) => `v${index}`).join(' ');
}

export function describeCommand({ kind, namespace = '', name }: ObjectName): string {
  return sh`kubectl ${home(namespace)} describe ${`${kind.toLowerCase()}/${name}`}`;
}

export function failuresCommand(namespace: string): string {
  return sh`kubectl ${home(namespace)} get events --field-selector=reason=UpdateFailed`;
}

/** Waits for a database, or for all that is fetched. */
export function readyCommand({ kind, namespace = '', name }: ObjectName): string {
  return sh`kubectl ${home(namespace)} wait --for=condition=Ready --timeout=10m ${`${kind.toLowerCase()}/${name}`}`;
}

export function namespaceCommand(namespace: string): string {
  return `${sh`kubectl get ${`namespace/${namespace}`}`} || ${sh`kubectl create namespace ${namespace}`}`;
}

/** Gives Phoenix its admin secret as a variable, or takes it away again. */
export function adminCommands({
  namespace,
  target,
  adminSecret = '',
}: Phoenix): [on: string, off: string] {
  const set = sh`kubectl ${home(namespace)} set env ${target}`;
  return [
    `${set} ${sh`${`--from=secret/${adminSecret}`}`} --keys=PHOENIX_ADMIN_SECRET`,
    `${set} PHOENIX_ADMIN_SECRET-`,
  ];
}

export function forwardCommand({ namespace, target, port }: Phoenix): string {
  return sh`kubectl ${home(namespace)} port-forward ${target} ${`6006:${port}`}`;
}

/** Makes an API key, and prints it and no more. */
export function apiKeyCommand({ namespace, adminSecret = '' }: Phoenix): string {
  const secret = `${sh`kubectl ${home(namespace)} get ${`secret/${adminSecret}`}`} --output=jsonpath='{.data.PHOENIX_ADMIN_SECRET}' | base64 --decode`;
  const header = `<(printf 'Authorization: Bearer %s' "$(${secret})")`;
  const body = sh`${JSON.stringify({ data: { name: 'rem-secrets' } })}`;
  return `curl --silent --show-error --fail --header @${header} --header 'Content-Type: application/json' --data ${body} http://127.0.0.1:6006/v1/system/api_keys | jq --join-output .data.key`;
}

function home(namespace: string): string[] {
  return namespace === '' ? [] : [`--namespace=${namespace}`];
}
