import type { KeySet } from '../secret-ends.ts';

/** The newest operator that was looked at; what a spec without cnpgVersion means. */
export const CNPG_VERSION = '1.30.0';

/**
 * The keys of `NAME-app` and `NAME-superuser` by operator version: the connection fields came with
 * 1.19.5 and 1.20.3, the fqdn ones with 1.25.3 and 1.26.1 (docs/facts/cnpg.md#login-secret).
 */
export function loginKeys(version: string): KeySet {
  const keys = ['username', 'password', 'pgpass'];
  if (isFrom(version, [1, 19, 5], [1, 20, 3])) {
    keys.push('user', 'dbname', 'host', 'port', 'uri', 'jdbc-uri');
  }
  if (isFrom(version, [1, 25, 3], [1, 26, 1])) keys.push('fqdn-uri', 'fqdn-jdbc-uri');
  return { keys: new Set(keys), isOpen: false };
}

/** The keys of the certificate Secrets `NAME-ca`, `-server` and `-replication`, by suffix. */
export function certificateKeys(suffix: string): KeySet | undefined {
  if (suffix === 'ca') return { keys: new Set(['ca.crt', 'ca.key']), isOpen: false };
  const isPair = suffix === 'server' || suffix === 'replication';
  return isPair ? { keys: new Set(['tls.crt', 'tls.key']), isOpen: false } : undefined;
}

type Version = readonly [number, number, number];

/** Whether a fix that was released on two branches is in a version. */
function isFrom(version: string, old: Version, next: Version): boolean {
  const parts = version.split('.').map(Number);
  const isAtLeast = ([major, minor, patch]: Version): boolean => {
    const [a = 0, b = 0, c = 0] = parts;
    return a !== major ? a > major : b !== minor ? b > minor : c >= patch;
  };
  return isAtLeast(next) || (parts[1] === old[1] && isAtLeast(old));
}
