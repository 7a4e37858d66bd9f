import type { PostgresUrlSpec } from '../spec/spec.ts';
import { hosts, POSTGRES_PORT } from './cnpg.ts';

/**
 * The fetched keys that an ESO template (v2, Go text/template) uses; undefined when the text alone
 * does not tell, as inside range, with or a variable.
 */
export function templateKeys(template: string): readonly string[] | undefined {
  const keys = new Set<string>();
  for (const [, action = ''] of template.matchAll(
    /\{\{-?((?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^}]|\}(?!\}))*)\}\}/g,
  )) {
    if (/^\s*\/\*/.test(action)) continue;
    if (
      /\b(range|with|define|template|block|index\s+\$)\b|\$|(^|[\s(])\.([\s)|]|$)(?!\s*")/.test(
        withoutIndex(action),
      )
    )
      return undefined;
    for (const [, name = ''] of action.matchAll(/index\s+\.\s+"([^"]+)"/g)) keys.add(name);
    for (const [, name = ''] of withoutText(action).matchAll(/(?:^|[\s(|])\.([A-Za-z_]\w*)/g))
      keys.add(name);
  }
  return [...keys].sort();
}

/** A key with a dash after a dot, which Go templates do not parse: `{{ .api-key }}`. */
export function dashedKey(template: string): string | undefined {
  return /\{\{[^}]*?[\s(|]\.([A-Za-z_]\w*(?:-[\w]+)+)/.exec(template)?.[1];
}

function withoutIndex(action: string): string {
  return withoutText(action.replaceAll(/index\s+\.\s+"[^"]+"/g, ''));
}

function withoutText(action: string): string {
  return action.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
}

/** `urlquery` alone turns a space into "+", which a password field keeps (domain-facts.md, 1.9). */
const escaped = (key: string): string => `{{ .${key} | urlquery | replace "+" "%20" }}`;

/** Whose credentials a URL holds: a database of the spec, or any Secret with the same keys. */
export interface UrlSource {
  readonly cnpgCluster: string | undefined;
  readonly namespace: string;
}

/** The template of a PostgreSQL connection URL whose user and password may hold any character. */
export function postgresUrl(spec: PostgresUrlSpec, source: UrlSource): string {
  const { cnpgCluster, namespace } = source;
  const primary = cnpgCluster === undefined ? undefined : hosts(cnpgCluster, namespace)['host'];
  const host = spec.host ?? primary ?? '{{ .host }}';
  const port = spec.port ?? POSTGRES_PORT;
  const database =
    spec.database === undefined ? '{{ .dbname }}' : encodeURIComponent(spec.database);
  const parameters = Object.entries(spec.parameters ?? {}).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  return `${spec.scheme ?? 'postgresql'}://${escaped('username')}:${escaped('password')}@${host}:${port}/${database}${query}`;
}

/** The keys a PostgreSQL URL takes from the Secret whatever its host. */
export function urlKeys(url: { readonly database?: string } | undefined): readonly string[] {
  return ['username', 'password', ...(url?.database === undefined ? ['dbname'] : [])];
}
