import type { Path } from '../../core/finding.ts';
import { type JsonObject, mapValues, words } from '../../core/json.ts';
import { mergedMarks, optional, unlessEmpty } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { type Pipeline, parseTemplate, type TemplateNode } from '../../core/template/parse.ts';
import { numberedText, templateReads } from '../../core/template/reads.ts';
import { hosts, POSTGRES_PORT } from '../../kinds/cnpg/cluster.ts';
import { RELOAD_LABEL } from '../../kinds/cnpg/group.ts';
import { BASIC_AUTH } from '../../kinds/core/secret.ts';
import { resultKeys } from '../../kinds/eso/external-secret-spec.ts';
import type { KeySet } from '../../kinds/kind.ts';
import type { PostgresUrlSpec, SecretSpec, Spec } from '../spec.ts';
import type { Entry, Fetched, SecretContext } from './model.ts';

/** `target.template` as stored, and the Secret's keys (docs/facts/eso.md#labels-of-the-secret, docs/facts/argocd.md#tracking). */
export function resolveTemplate(
  { name, path, spec: secret }: Entry<SecretSpec>,
  fetched: Fetched,
  context: SecretContext,
): { readonly template: JsonObject | undefined; readonly keys: KeySet } {
  const isLogin = context.logins.get(name)?.username !== undefined;
  const target = urlTarget(secret.from, context);
  const data =
    secret.template &&
    mapValues(secret.template, (value, key) => {
      const at = [...path, 'template', key];
      if (typeof value === 'string') return checkedText(value, fetched.keys, at, context);
      const url = value.postgresUrl ?? {};
      checkUsed(urlKeys(url, target), fetched.keys, at, context);
      return postgresUrl(url, target);
    });
  const type = secret.type ?? (isLogin ? BASIC_AUTH : undefined);
  const metadata = {
    ...unlessEmpty('annotations', mergedMarks(secret.annotations)),
    ...unlessEmpty('labels', mergedMarks(isLogin ? { [RELOAD_LABEL]: 'true' } : {}, secret.labels)),
  };
  const { templateFrom, mergePolicy } = secret;
  const template = {
    ...optional('data', data),
    engineVersion: 'v2',
    mergePolicy: mergePolicy ?? 'Replace',
    ...unlessEmpty('metadata', metadata),
    ...optional('templateFrom', templateFrom),
    ...optional('type', type),
  };
  return {
    template: isOmitted(template, context.spec) ? undefined : template,
    keys: resultKeys(template, fetched.keys),
  };
}

function isOmitted(template: JsonObject, { omit = [] }: Spec): boolean {
  const { engineVersion: _, mergePolicy, type = OPAQUE, ...others } = template;
  const isEmpty = type === OPAQUE && mergePolicy === 'Replace' && Object.keys(others).length === 0;
  return isEmpty && omit.includes('emptyTemplates');
}

const OPAQUE = 'Opaque';

function checkedText(text: string, keys: KeySet, path: Path, context: SecretContext): string {
  const dashed = dashedKey(text);
  const message = `a template cannot read "${dashed}" after a dot: the dash ends the name`;
  const hint = `Write {{ index . "${dashed}" }}.`;
  if (dashed === undefined) checkUsed(templateKeys(text) ?? [], keys, path, context);
  else context.report({ id: 'template-syntax', message, hint, path });
  return text;
}

function checkUsed(used: readonly string[], keys: KeySet, path: Path, { report }: SecretContext) {
  if (keys.isOpen) return;
  for (const key of used) {
    if (keys.keys.has(key)) continue;
    const message = `the template uses "${key}", which is not fetched`;
    const hint = knownNames('fetched keys', key, keys.keys);
    report({ id: 'unknown-secret-key', message, hint, path });
  }
}

export type UrlTarget = Readonly<Record<'host' | 'database', string>>;

/** The primary and the database that a Secret's login leads to, when it is one of the spec's. */
export function urlTarget(
  from: string | undefined,
  { logins, namespace }: SecretContext,
): UrlTarget | undefined {
  const login = from === undefined ? undefined : logins.get(from);
  if (login === undefined) return undefined;
  const { host = '' } = hosts(login.cnpgCluster, namespace);
  return { host, database: login.database };
}

/** The template of a PostgreSQL connection URL whose user and password may hold any character. */
export function postgresUrl(spec: PostgresUrlSpec, target: UrlTarget | undefined): string {
  const host = spec.host ?? target?.host ?? '{{ .host }}';
  const port = spec.port ?? POSTGRES_PORT;
  const name = spec.database ?? target?.database;
  const database = name === undefined ? '{{ .dbname }}' : encodeURIComponent(name);
  const parameters = Object.entries(spec.parameters ?? {}).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  const user = `${escaped('username')}:${escaped('password')}`;
  return `${spec.scheme ?? 'postgresql'}://${user}@${host}:${port}/${database}${query}`;
}

/** `urlquery` alone turns a space into "+" (docs/facts/eso.md#passwords-in-urls). */
const escaped = (key: string): string => `{{ .${key} | urlquery | replace "+" "%20" }}`;

export function urlKeys(spec: PostgresUrlSpec, target: UrlTarget | undefined): readonly string[] {
  return [
    'username',
    'password',
    ...(spec.host === undefined && target === undefined ? ['host'] : []),
    ...(spec.database === undefined && target === undefined ? ['dbname'] : []),
  ];
}

/** The fetched keys that an ESO template (v2, Go text/template) uses; undefined if the text does not show them all. */
export function templateKeys(template: string): readonly string[] | undefined {
  const { reads, isOpen } = templateReads(parseTemplate(template).nodes);
  return isOpen ? undefined : [...new Set(reads.map(({ key }) => key))].sort();
}

/** A key with a dash after a dot, which Go templates do not parse: `{{ .api-key }}`. */
export function dashedKey(template: string): string | undefined {
  return parseTemplate(template).fault?.dashed;
}

/** The keys that a template puts unescaped into the place of a URL's password. */
export function rawUrlPasswords(nodes: readonly TemplateNode[]): string[] {
  const { text, keys } = numberedText(nodes, isPassing);
  return [...text.matchAll(/:\/\/[^\s/@:]*:\0(\d+)\0@/g)].flatMap(
    ([, index]) => keys[Number(index)] ?? [],
  );
}

const PASSING = new Set(
  words('default index lower print quote squote toString trim trimAll trimPrefix trimSuffix upper'),
);

function isPassing({ commands }: Pipeline): boolean {
  return commands.flat().every(operand => {
    return operand.kind === 'function' ? PASSING.has(operand.name) : operand.kind !== 'group';
  });
}
