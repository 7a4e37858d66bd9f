import type { Path, Report } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { Spec } from '../spec/spec.ts';
import type { KnownSecret } from './model.ts';

/** How a reference to a Secret is looked up, and reported when it leads nowhere. */
export interface SecretLookup {
  readonly report: Report;
  /** A Secret by name, resolved first if need be; undefined when there is none. */
  readonly lookUp: (name: string) => KnownSecret | undefined;
  /** Names of all Secrets, for hints. */
  readonly names: () => Iterable<string>;
}

/** Where a Secret with a PostgreSQL login leads. */
export interface PostgresLogin {
  readonly cnpgCluster: string;
  readonly database: string;
  /** The role, where the spec gives CNPG the login; CNPG's own Secrets are right by themselves. */
  readonly username?: string;
}

/** What the Secrets of an environment are resolved against. */
export interface SecretContext extends SecretLookup {
  readonly spec: Spec;
  readonly namespace: string;
  /** Secrets with a PostgreSQL login, whoever makes them, by name. */
  readonly logins: ReadonlyMap<string, PostgresLogin>;
}

/** Reports a Secret or key that does not exist. */
export function checkSecret(
  reference: { readonly secret: string; readonly key?: string; readonly isKeyName?: boolean },
  path: Path,
  keyPath: Path,
  { lookUp, names, report }: SecretLookup,
): void {
  const { secret: name, key, isKeyName = false } = reference;
  const secret = lookUp(name);
  if (secret === undefined) {
    const hint = `${knownNames('secrets', name, names())} One that another team makes is declared with \`external\`.`;
    report({ id: 'unknown-secret', message: `there is no secret "${name}"`, hint, path });
  } else if (key !== undefined && !secret.isOpen && !secret.keys.has(key)) {
    report({
      id: 'unknown-secret-key',
      message: `secret "${name}" has no key "${key}"`,
      hint: knownNames(`keys of "${name}"`, key, secret.keys),
      path: keyPath,
      ...(isKeyName && { isAboutName: true }),
      related: [{ note: `"${name}" comes from here`, path: secret.path }],
    });
  }
}
