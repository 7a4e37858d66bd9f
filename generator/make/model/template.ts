import { parseTemplate, type TemplateNode } from '../../ground/go-template/go-template.ts';
import { numberedText } from '../../ground/go-template/numbered-text.ts';
import type { Operand, Pipeline } from '../../ground/go-template/template-pipeline.ts';
import { templateReads } from '../../ground/go-template/template-reads.ts';
import { hosts, POSTGRES_PORT } from '../../kinds/cnpg/services.ts';
import type { PostgresUrlSpec } from '../spec/secret-spec.ts';
import type { SecretContext } from './references.ts';

/**
 * The fetched keys that an ESO template (v2, Go text/template) uses; undefined when the text alone
 * does not tell, as where it goes through all of them.
 */
export function templateKeys(template: string): readonly string[] | undefined {
  const { reads, isOpen } = templateReads(parseTemplate(template).nodes);
  return isOpen ? undefined : [...new Set(reads.map(({ key }) => key))].sort();
}

/** A key with a dash after a dot, which Go templates do not parse: `{{ .api-key }}`. */
export function dashedKey(template: string): string | undefined {
  return parseTemplate(template).fault?.dashed;
}

/** `urlquery` alone turns a space into "+" (docs/facts/eso.md#passwords-in-urls). */
const escaped = (key: string): string => `{{ .${key} | urlquery | replace "+" "%20" }}`;

/** Where a URL leads that has no host or database of its own. */
export interface UrlTarget {
  readonly host: string;
  readonly database: string;
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

/** The keys that such a template uses. */
export function urlKeys(spec: PostgresUrlSpec, target: UrlTarget | undefined): readonly string[] {
  return [
    'username',
    'password',
    ...(spec.host === undefined && target === undefined ? ['host'] : []),
    ...(spec.database === undefined && target === undefined ? ['dbname'] : []),
  ];
}

/** Functions that leave the characters of a text alone. */
const PASSING = new Set(
  'default index lower print quote squote toString trim trimAll trimPrefix trimSuffix upper'.split(
    ' ',
  ),
);

/** The keys that a template puts as they are where a URL has its password. */
export function rawUrlPasswords(nodes: readonly TemplateNode[]): string[] {
  const { text, keys } = numberedText(nodes, isPassing);
  return [...text.matchAll(/:\/\/[^\s/@:]*:\0(\d+)\0@/g)].flatMap(
    ([, index]) => keys[Number(index)] ?? [],
  );
}

function isPassing({ commands }: Pipeline): boolean {
  return commands.flat().every(passes);
}

function passes(operand: Operand): boolean {
  return operand.kind !== 'group' && (operand.kind !== 'function' || PASSING.has(operand.name));
}

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
