import type { DatabaseModel } from './model.ts';
import { checkSecret, type SecretLookup } from './references.ts';

/** Reports access keys of backups that are in no Secret. */
export function checkAccessKeys(databases: readonly DatabaseModel[], lookup: SecretLookup): void {
  for (const { path, backup } of databases) {
    const { secret = '', id, key } = backup?.accessKey ?? {};
    if (secret === '') continue;
    const at = [...path, 'backup', 'accessKey'];
    checkSecret({ secret }, [...at, 'secret'], at, lookup);
    if (lookup.lookUp(secret) === undefined || id === undefined || key === undefined) continue;
    checkSecret({ secret, key: id }, at, [...at, 'id'], lookup);
    checkSecret({ secret, key }, at, [...at, 'key'], lookup);
  }
}
