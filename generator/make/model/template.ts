import { parseTemplate } from '../../ground/go-template/go-template.ts';
import { templateReads } from '../../ground/go-template/template-reads.ts';
import { POSTGRES_PORT } from '../../kinds/cnpg/services.ts';
import type { PostgresUrlSpec } from '../spec/secret-spec.ts';

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
