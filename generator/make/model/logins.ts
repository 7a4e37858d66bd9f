import type { Path, Report } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import { BASIC_AUTH } from '../../kinds/core/secret.ts';
import type { DatabaseSpec } from '../spec/database-spec.ts';
import type { SecretSpec } from '../spec/secret-spec.ts';
import type { Spec } from '../spec/spec.ts';
import type { KnownSecret } from './model.ts';
import type { PostgresLogin } from './references.ts';

/** Every Secret with a login to one of the databases: CNPG's own, and those the spec gives it. */
export function loginsOf({ databases = {} }: Spec): Map<string, PostgresLogin> {
  const logins = new Map<string, PostgresLogin>();
  for (const [name, spec] of Object.entries(databases)) {
    const login = { cnpgCluster: name, database: spec.database ?? '' };
    for (const secret of [`${name}-app`, `${name}-superuser`]) logins.set(secret, login);
    for (const { secret, username } of givenLogins(spec))
      logins.set(secret, { ...login, username });
  }
  return logins;
}

interface GivenLogin {
  readonly secret: string;
  readonly username: string;
  /** Where the database names it, from the database's entry. */
  readonly path: Path;
}

/** The Secrets that a database takes its logins from, with the roles they are for. */
function givenLogins({
  owner = '',
  ownerSecret,
  superuser,
  roles = {},
}: DatabaseSpec): GivenLogin[] {
  const superuserSecret = typeof superuser === 'object' ? superuser.secret : undefined;
  return [
    ...given(ownerSecret, owner, ['ownerSecret']),
    ...given(superuserSecret, 'postgres', ['superuser', 'secret']),
    ...Object.entries(roles).flatMap(([role, { secret }]) =>
      given(secret, role, ['roles', role, 'secret']),
    ),
  ];
}

function given(secret: string | undefined, username: string, path: Path): GivenLogin[] {
  return secret === undefined ? [] : [{ secret, username, path }];
}

/** Reports logins that the operator would refuse (docs/facts/cnpg.md#given-logins). */
export function checkLogins(
  spec: Spec,
  known: ReadonlyMap<string, KnownSecret>,
  report: Report,
): void {
  for (const [name, database] of Object.entries(spec.databases ?? {})) {
    for (const login of givenLogins(database)) {
      checkKeys(login, ['databases', name, ...login.path], known, report);
      checkSecret(login, spec.secrets?.[login.secret] ?? {}, report);
    }
  }
}

function checkKeys(
  { secret: name }: GivenLogin,
  path: Path,
  known: ReadonlyMap<string, KnownSecret>,
  report: Report,
): void {
  const secret = known.get(name);
  if (secret === undefined) {
    const hint = knownNames('secrets', name, known.keys());
    report({ id: 'unknown-secret', message: `there is no secret "${name}"`, hint, path });
    return;
  }
  const lacking = ['username', 'password'].filter(key => !secret.keys.has(key));
  if (lacking.length === 0 || secret.isOpen) return;
  report({
    id: 'unknown-secret-key',
    message: `secret "${name}" lacks ${lacking.map(key => `"${key}"`).join(' and ')}, which a login needs`,
    hint: `Its keys are: ${[...secret.keys].sort().join(', ')}. A template can add username as text.`,
    path,
    related: [{ note: 'the secret', path: secret.path }],
  });
}

/** What the spec itself says of the Secret: a username written as text, and a type. */
function checkSecret(
  { secret, username }: GivenLogin,
  { template, type }: SecretSpec,
  report: Report,
): void {
  const path = ['secrets', secret];
  const text = template?.['username'];
  if (typeof text === 'string' && !text.includes('{{') && text !== username) {
    report({
      id: 'login-username',
      message: `the login is for the role "${username}", and the Secret says "${text}"`,
      hint: `Write username: ${username}.`,
      path: [...path, 'template', 'username'],
    });
  }
  if (type !== undefined && type !== BASIC_AUTH) {
    report({
      id: 'login-type',
      message: `CNPG takes a login only from a Secret of type ${BASIC_AUTH}`,
      hint: 'Leave type out: it is set.',
      path: [...path, 'type'],
    });
  }
}
