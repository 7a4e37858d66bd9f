import type { ObjectName } from '../core/finding.ts';
import { maskMessage } from '../core/shown.ts';
import type { Block, Line } from '../report/document.ts';
import { pathText, shown } from '../report/text.ts';
import type { Pattern, Phoenix, Rollout, Runbook, RunbookEntry, RunbookSecret } from './entries.ts';

/**
 * The commands for an entry of AWS, a value never an argument: is it there, make it (a parameter: as `rotate` does), and
 * read it. `write` takes the value from its input.
 */
export function entryCommands(
  entry: RunbookEntry,
): Readonly<Record<'list' | 'put' | 'rotate' | 'write' | 'read', string>> {
  const { name, service, key } = entry;
  const region = entry.region === undefined ? [] : [`--region=${entry.region}`];
  const keyAs = (flag: string): string[] => (key === undefined ? [] : [`${flag}=${key}`]);
  if (service === 'ParameterStore') {
    const write = sh`aws ssm put-parameter ${region} ${`--name=${name}`} --type=SecureString ${keyAs('--key-id')} --overwrite --value=file:///dev/stdin`;
    const put = typed(name, write);
    const filter = JSON.stringify([{ Key: 'Name', Values: [name] }]);
    const query = 'Parameters[].[Name,Type,Version,LastModifiedDate]';
    return {
      list: sh`aws ssm describe-parameters ${region} ${`--parameter-filters=${filter}`} ${`--query=${query}`} --output=text`,
      ...{ put, rotate: put, write },
      read: sh`aws ssm get-parameter ${region} ${`--name=${name}`} --with-decryption --query=Parameter.Value --output=text`,
    };
  }
  const id = `--secret-id=${name}`;
  const query = '[Name,LastChangedDate,DeletedDate,RotationEnabled]';
  const create = sh`aws secretsmanager create-secret ${region} ${`--name=${name}`} ${keyAs('--kms-key-id')} --secret-string=file:///dev/stdin`;
  const write = sh`aws secretsmanager put-secret-value ${region} ${id} --secret-string=file:///dev/stdin`;
  return {
    list: sh`aws secretsmanager describe-secret ${region} ${id} ${`--query=${query}`} --output=text`,
    ...{ put: typed(name, create), rotate: typed(name, write), write },
    read: sh`aws secretsmanager get-secret-value ${region} ${id} --query=SecretString --output=text`,
  };
}

/** Asks for a value, which then appears neither on the screen, in the history nor to other users. */
function typed(name: string, command: string): string {
  return `${sh`read -rsp ${`Value of ${name}: `} value`} && printf %s "$value" | ${command}; unset value`;
}

/** Makes External Secrets fetch at once, by changing an annotation (docs/facts/eso.md#refresh). */
export function syncCommand(namespace: string, external: string): string {
  return `${sh`kubectl ${home(namespace)} annotate ${`externalsecret/${external}`}`} force-sync="$(date +%s)" --overwrite`;
}

export function rolloutCommand({ namespace, target }: Rollout): string {
  return sh`kubectl ${home(namespace)} rollout status ${target} --timeout=5m`;
}

/** Deletes a Secret that its operator makes anew (docs/facts/cnpg.md#a-new-password). */
export function renewCommand(namespace: string, name: string): string {
  return sh`kubectl ${home(namespace)} delete ${`secret/${name}`}`;
}

/** The commands that ask for values and make a Secret; undefined: not all keys are known, or a name might be read as a flag. */
export function secretCommands(
  secret: RunbookSecret,
): Readonly<Record<'create' | 'replace', string>> | undefined {
  const { namespace, name, keys, isOpen } = secret;
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

/** Waits for a database or an ExternalSecret. */
export function readyCommand({ kind, namespace = '', name }: ObjectName): string {
  return sh`kubectl ${home(namespace)} wait --for=condition=Ready --timeout=10m ${`${kind.toLowerCase()}/${name}`}`;
}

/** The flag of a namespace; none where it is left open. */
export function home(namespace: string): string[] {
  return namespace === '' ? [] : [`--namespace=${namespace}`];
}

/** A command for bash on one line, a word for each value or item of a list, without anything that looks like a secret's value. */
export function sh(
  parts: TemplateStringsArray,
  ...words: readonly (string | readonly string[])[]
): string {
  return parts.reduce((text, part, index) => {
    const quoted = [words[index - 1] ?? []].flat().map(quote).join(' ');
    return quoted === '' ? text + part.replace(/^ /, '') : text + quoted + part;
  });
}

/** Needs no quotes. A `NAME=value` assigns nothing, as each command begins with a word of ours. */
const PLAIN = /^[\w./:@%+,=-]+$/;
/** Printable, and no command to a CI server that reads the log, such as `##[error]`. */
const PRINTABLE = /^(?:[ -"$-~]|#(?!#))*$/;

function quote(word: string): string {
  const shown = maskMessage(word);
  if (PLAIN.test(shown)) return shown;
  if (PRINTABLE.test(shown)) return `'${shown.replaceAll("'", `'\\''`)}'`;
  return `$'${shown.replaceAll(/[^ -~]|['\\#]/gu, escaped)}'`;
}

/** Escapes a character for `$'…'`, in any locale. */
function escaped(character: string): string {
  if (character === "'" || character === '\\') return `\\${character}`;
  const bytes = [...new TextEncoder().encode(character)];
  return bytes.map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}

/** A sentence. Strings that are put into it are names, and are shown as names. */
export function t(parts: TemplateStringsArray, ...names: readonly (string | Line)[]): Line {
  return parts.flatMap((part, index) => {
    const name = names[index - 1] ?? [];
    const words = typeof name === 'string' ? [{ name: shown(name) }] : name;
    return part === '' ? words : [...words, part];
  });
}

export function joined(texts: readonly Line[], between: string = ', '): Line {
  return texts.flatMap((text, index) => (index === 0 ? text : [between, ...text]));
}

export function listed(names: readonly string[]): Line {
  return joined(names.map(name => t`${name}`));
}

export function explained(text: Line, ...commands: readonly string[]): Block[] {
  return [{ text }, ...commands.map(command => ({ command }))];
}

/** The API key with which traces get into Phoenix, made in one of two ways (docs/facts/phoenix.md#api-keys). */
export function phoenixSections({ phoenixes }: Runbook): Block[] {
  return phoenixes.flatMap(phoenix => {
    const { namespace, target, port, entries } = phoenix;
    const [entry] = entries;
    const then = entry === undefined ? ['keep it.'] : t`put it into ${entry.name}, as above.`;
    return [
      { heading: t`The API key of Phoenix: ${target}`, level: 2 },
      ...explained(
        t`Both ways need a way to it. This runs until it is stopped; the page is then at ${'http://127.0.0.1:6006'}:`,
        sh`kubectl ${home(namespace)} port-forward ${target} ${`6006:${port}`}`,
      ),
      { heading: ['On its page'], level: 3 },
      {
        text: t`As an administrator under Settings, API Keys, make a system key. It is shown once: ${then}`,
      },
      ...byRequest(phoenix),
    ];
  });
}

function byRequest({ namespace, target, adminSecret, isAdmin, entries }: Phoenix): Block[] {
  if (adminSecret === undefined) return [];
  // Phoenix gets its admin secret in a variable until the key is made.
  const set = sh`kubectl ${home(namespace)} set env ${target}`;
  const from = sh`${`--from=secret/${adminSecret}`}`;
  const [entry] = entries;
  const secret = `${sh`kubectl ${home(namespace)} get ${`secret/${adminSecret}`}`} --output=jsonpath='{.data.PHOENIX_ADMIN_SECRET}' | base64 --decode`;
  const header = `<(printf 'Authorization: Bearer %s' "$(${secret})")`;
  const body = sh`${JSON.stringify({ data: { name: 'rem-secrets' } })}`;
  const make = `curl --silent --show-error --fail --header @${header} --header 'Content-Type: application/json' --data ${body} http://127.0.0.1:6006/v1/system/api_keys | jq --join-output .data.key`;
  return [
    { heading: ['By a request'], level: 3 },
    ...(isAdmin
      ? []
      : explained(
          t`It has to know ${'PHOENIX_ADMIN_SECRET'} for a while. Where a tool keeps the cluster as Git has it, this belongs into Git:`,
          `${set} ${from} --keys=PHOENIX_ADMIN_SECRET`,
        )),
    ...explained(
      t`${'POST /v1/system/api_keys'} makes the key, ${entry === undefined ? ['which is shown:'] : t`which goes straight into ${entry.name}:`}`,
      entry === undefined ? make : `${make} | ${entryCommands(entry).write}`,
    ),
    ...(isAdmin
      ? []
      : explained(['Take the variable away again:'], `${set} PHOENIX_ADMIN_SECRET-`)),
  ];
}

/** `Kind/name`, and `Kind/namespace/name` where that is another namespace than `home`. */
export function objectWords(object: ObjectName, home: string | undefined): Line {
  return t`${pathText(object, home)}`;
}

export function sourceWords({ namespace, maker, sources, pattern }: RunbookSecret): Line {
  if (maker === undefined) return [pattern === 'manual' ? 'made by hand' : 'nothing here makes it'];
  if (sources.length === 0) return objectWords(maker, namespace);
  return joined(
    sources.map(({ remoteKeys, ...store }) =>
      remoteKeys.length === 0
        ? objectWords(store, namespace)
        : t`${objectWords(store, namespace)}${[pattern === 'transformed' ? ', from ' : ': ']}${listed(remoteKeys)}`,
    ),
    '; ',
  );
}

const PICKUPS: Readonly<Record<RunbookSecret['readers'][number]['pickup'], string>> = {
  reloader: 'Reloader restarts it',
  files: 'its files change',
  'next run': 'its next run has it',
  'reload label': 'CNPG takes it up',
  'at use': 'it reads at each use',
  never: 'it has to be restarted',
};

/** How a Secret gets a new value, and how its readers get the value. */
export function rotationWords({ pattern, interval, readers, namespace }: RunbookSecret): Line {
  const stopped = 'fetched once: delete the Secret to have it fetched again';
  const starts: Readonly<Record<Pattern, Line>> = {
    database: ['delete the Secret: CNPG makes another password'],
    fetched: interval === undefined ? [stopped] : t`put the entry; fetched every ${interval}`,
    transformed: interval === undefined ? [stopped] : t`follows its source every ${interval}`,
    generated: ['made once: delete the Secret to have another made'],
    manual: ['replace it'],
    made: ['by what makes it'],
    absent: ['replace it, if people make it'],
  };
  const stale = readers.filter(({ pickup }) => pickup === 'never');
  const restart = joined(stale.map(reader => objectWords(reader, namespace)));
  return stale.length === 0 ? starts[pattern] : t`${starts[pattern]}; then restart ${restart}`;
}

/** How a new value gets into Secrets, and from there to their readers. */
export function renewal(secrets: readonly RunbookSecret[]): Block[] {
  return secrets.flatMap(secret => [...sync(secret), ...restarts(secret)]);
}

function sync({ namespace, name, external, interval }: RunbookSecret): Block[] {
  if (external === undefined) return [];
  const once = t`Secret ${name} was fetched once; when it is gone, it is fetched again:`;
  if (interval === undefined) return explained(once, renewCommand(namespace, name));
  const soon = t`Secret ${name} has it within ${interval}, or at once after:`;
  const path = '{.status.refreshTime} {.status.conditions[*].message}{"\\n"}';
  return [
    ...explained(soon, syncCommand(namespace, external)),
    ...explained(
      ['When it was last fetched, and what was said:'],
      sh`kubectl ${home(namespace)} get ${`externalsecret/${external}`} ${`--output=jsonpath=${path}`}`,
    ),
  ];
}

/** How each reader learns of a new value, with the commands that restart those which nothing restarts. */
export function restarts({ namespace, name, readers }: RunbookSecret): Block[] {
  if (readers.length === 0) return [];
  const rollouts = readers.flatMap(({ pickup, rollout }): Rollout[] =>
    pickup === 'never' && rollout ? [rollout] : [],
  );
  const pickups = readers.map(
    reader => t`${objectWords(reader, namespace)}: ${[PICKUPS[reader.pickup]]}`,
  );
  return explained(
    t`Who reads ${name}: ${joined(pickups, '; ')}.`,
    ...rollouts.flatMap(rollout => [
      sh`kubectl ${home(rollout.namespace)} rollout restart ${rollout.target}`,
      rolloutCommand(rollout),
    ]),
  );
}
