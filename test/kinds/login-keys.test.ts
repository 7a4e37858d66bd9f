import { describe, expect, test } from 'vitest';
import { certificateKeys, loginKeys } from '../../generator/kinds/cnpg/group.ts';

describe('the keys of a CNPG Secret by version (docs/facts/cnpg.md#login-secret)', () => {
  test.for([
    ['1.19.4', 3],
    ['1.19.5', 9],
    ['1.20.2', 3],
    ['1.20.3', 9],
    ['1.25.2', 9],
    ['1.25.3', 11],
    ['1.26.0', 9],
    ['1.26.1', 11],
    ['1.30.0', 11],
    ['2.0.0', 11],
  ] as const)('%s has %i', ([version, count]) => expect(loginKeys(version).keys.size).toBe(count));

  test('the newest has those that were observed', () => {
    const observed =
      'dbname, fqdn-jdbc-uri, fqdn-uri, host, jdbc-uri, password, pgpass, port, uri, user, username';
    expect([...loginKeys('1.30.0').keys].sort().join(', ')).toBe(observed);
    expect([...(certificateKeys('ca')?.keys ?? [])]).toEqual(['ca.crt', 'ca.key']);
    expect([...(certificateKeys('server')?.keys ?? [])]).toEqual(['tls.crt', 'tls.key']);
  });
});
