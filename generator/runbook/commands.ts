import type { ObjectName } from '../core/finding.ts';
import { sh } from '../core/sh.ts';
import type { Phoenix, Rollout, RunbookEntry, RunbookSecret } from './entries.ts';

/** The commands for an entry of AWS; a value is never an argument of a command. */
interface EntryCommands {
  /** Tells whether the entry is there, and since when; shows no value. */
  readonly list: string;
  /** Makes it; Parameter Store takes the same command for a new value. */
  readonly put: string;
  readonly rotate: string;
  /** Shows the value. */
  readonly read: string;
}

export function entryCommands(entry: RunbookEntry): EntryCommands {
  const { name, service } = entry;
  const region = regionFlag(entry);
  const rotate = typed(name, writing(entry));
  if (service === 'ParameterStore') {
    const filter = JSON.stringify([{ Key: 'Name', Values: [name] }]);
    const query = 'Parameters[].[Name,Type,Version,LastModifiedDate]';
    return {
      list: sh`aws ssm describe-parameters ${region} ${`--parameter-filters=${filter}`} ${`--query=${query}`} --output=text`,
      put: rotate,
      rotate,
      read: sh`aws ssm get-parameter ${region} ${`--name=${name}`} --with-decryption --query=Parameter.Value --output=text`,
    };
  }
  const id = `--secret-id=${name}`;
  const query = '[Name,LastChangedDate,DeletedDate,RotationEnabled]';
  const create = sh`aws secretsmanager create-secret ${region} ${`--name=${name}`} ${keyFlag('--kms-key-id', entry)} --secret-string=file:///dev/stdin`;
  return {
    list: sh`aws secretsmanager describe-secret ${region} ${id} ${`--query=${query}`} --output=text`,
    put: typed(name, create),
    rotate,
    read: sh`aws secretsmanager get-secret-value ${region} ${id} --query=SecretString --output=text`,
  };
}

/** Stores its input as the new value of an entry. */
function writing(entry: RunbookEntry): string {
  const { name, service } = entry;
  const region = regionFlag(entry);
  return service === 'ParameterStore'
    ? sh`aws ssm put-parameter ${region} ${`--name=${name}`} --type=SecureString ${keyFlag('--key-id', entry)} --overwrite --value=file:///dev/stdin`
    : sh`aws secretsmanager put-secret-value ${region} ${`--secret-id=${name}`} --secret-string=file:///dev/stdin`;
}

/** Stores the output of a command as the new value of an entry. */
export function pipedInto(command: string, entry: RunbookEntry): string {
  return `${command} | ${writing(entry)}`;
}

/** Asks for a value, which then appears neither on the screen, in the history nor to other users. */
function typed(name: string, command: string): string {
  return `${sh`read -rsp ${`Value of ${name}: `} value`} && printf %s "$value" | ${command}; unset value`;
}

function regionFlag({ region }: RunbookEntry): string[] {
  return region === undefined ? [] : [`--region=${region}`];
}

function keyFlag(flag: string, { key }: RunbookEntry): string[] {
  return key === undefined ? [] : [`${flag}=${key}`];
}

/** Has External Secrets fetch at once: it does when an annotation changes (docs/facts/eso.md#refresh). */
export function syncCommand(namespace: string, external: string): string {
  return `${sh`kubectl ${home(namespace)} annotate ${`externalsecret/${external}`}`} force-sync="$(date +%s)" --overwrite`;
}

/** Shows when an ExternalSecret last fetched, and its message. */
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

/**
 * The commands that make a Secret, and replace one that is there, of values that are asked for one by one.
 * Undefined: not all keys are known, or a name is none for the API server and might be read as a flag.
 */
export function secretCommands({
  namespace,
  name,
  keys,
  isOpen,
}: RunbookSecret): { readonly create: string; readonly replace: string } | undefined {
  const isNamed = /^[a-z0-9][-.a-z0-9]*$/.test(name) && keys.every(key => /^[-.\w]+$/.test(key));
  if (!isNamed || keys.length === 0 || isOpen) return undefined;
  const variables = keys.map((key, index) => ({ key, variable: `v${index}` }));
  const ask = variables.map(({ key, variable }) => sh`read -rsp ${`${key}: `} ${variable}`);
  const files = variables.map(
    ({ key, variable }) => `${sh`${`--from-file=${key}`}`}=<(printf %s "$${variable}")`,
  );
  const create = `${sh`kubectl ${home(namespace)} create secret generic ${name}`} ${files.join(' ')}`;
  const replace = `${create} --dry-run=client --output=json | ${sh`kubectl ${home(namespace)} replace --filename=-`}`;
  const whole = (command: string): string =>
    `${ask.join(' && ')} && ${command}; unset ${variables.map(({ variable }) => variable).join(' ')}`;
  return { create: whole(create), replace: whole(replace) };
}

export function describeCommand({ kind, namespace = '', name }: ObjectName): string {
  return sh`kubectl ${home(namespace)} describe ${`${kind.toLowerCase()}/${name}`}`;
}

export function failuresCommand(namespace: string): string {
  return sh`kubectl ${home(namespace)} get events --field-selector=reason=UpdateFailed`;
}

/** Waits for a database or an ExternalSecret. */
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

/** Makes an API key, and prints only the key. */
export function apiKeyCommand({ namespace, adminSecret = '' }: Phoenix): string {
  const secret = `${sh`kubectl ${home(namespace)} get ${`secret/${adminSecret}`}`} --output=jsonpath='{.data.PHOENIX_ADMIN_SECRET}' | base64 --decode`;
  const header = `<(printf 'Authorization: Bearer %s' "$(${secret})")`;
  const body = sh`${JSON.stringify({ data: { name: 'rem-secrets' } })}`;
  return `curl --silent --show-error --fail --header @${header} --header 'Content-Type: application/json' --data ${body} http://127.0.0.1:6006/v1/system/api_keys | jq --join-output .data.key`;
}

function home(namespace: string): string[] {
  return namespace === '' ? [] : [`--namespace=${namespace}`];
}
