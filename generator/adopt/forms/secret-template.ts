import { type Json, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { hosts, POSTGRES_PORT } from '../../kinds/cnpg/services.ts';
import { specOf } from '../../kinds/kind.ts';
import { postgresUrl, type UrlTarget } from '../../make/model/template.ts';
import type { PostgresUrlSpec } from '../../make/spec/secret-spec.ts';
import type { FormContext } from './form.ts';
import { given, unless } from './given.ts';
import { loginCluster } from './logins.ts';

/** The texts of a template; a URL that the short form would make is named by its parts. */
export function templateEntry(
  template: JsonObject,
  from: string | undefined,
  context: FormContext,
): JsonObject {
  const target = targetOf(from, context);
  const texts = Object.entries(mapAt(template, 'data')).map(([key, text]): [string, Json] => [
    key,
    typeof text === 'string' ? (urlEntry(text, target) ?? text) : text,
  ]);
  return Object.fromEntries(texts);
}

/** Where the login that a secret is read from leads, when a Cluster of the environment made it. */
function targetOf(from: string | undefined, context: FormContext): UrlTarget | undefined {
  const login = from === undefined ? undefined : loginCluster(from, context);
  if (login === undefined) return undefined;
  const { host = '' } = hosts(login.name, context.wanted.namespace);
  return { host, database: textAt(specOf(login), 'bootstrap', 'initdb', 'database') ?? '' };
}

const URL = /^([a-z0-9+]+):\/\/\{\{[^}]*\}\}:\{\{[^}]*\}\}@([^/?]+):(\d+)\/([^?]*)(?:\?(.*))?$/;

/** A text as a connection URL that the short form writes exactly so; undefined: it does not. */
function urlEntry(text: string, target: UrlTarget | undefined): JsonObject | undefined {
  const [, scheme = '', host = '', port = '', database = '', query = ''] = URL.exec(text) ?? [];
  const whole: PostgresUrlSpec = {
    ...(scheme !== 'postgresql' && { scheme }),
    ...(host !== '{{ .host }}' && { host }),
    ...(port !== POSTGRES_PORT && { port: Number(port) }),
    ...(database !== '{{ .dbname }}' && { database: decoded(database) }),
    ...(query !== '' && { parameters: parametersOf(query) }),
  };
  const { host: _, ...hostless } = whole;
  const { database: __, ...named } = hostless;
  const found = [named, hostless, whole].find(spec => postgresUrl(spec, target) === text);
  return found && { postgresUrl: given({ ...found, scheme: unless(found.scheme, 'postgresql') }) };
}

function parametersOf(query: string): Record<string, string> {
  return Object.fromEntries(
    query.split('&').map(pair => {
      const [name = '', value = ''] = pair.split('=');
      return [decoded(name), decoded(value)];
    }),
  );
}

/** Text that is no part of a URL stays as it is: then the two differ. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
