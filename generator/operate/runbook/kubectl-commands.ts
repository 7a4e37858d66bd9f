import type { ObjectName } from '../../ground/finding.ts';
import { sh } from '../../ground/shell.ts';
import type { Phoenix, Rollout, RunbookSecret } from './runbook.ts';

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
