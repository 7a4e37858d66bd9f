import type { RemoteEntry } from './entry.ts';

/** What an entry should be: a parameter's type, a secret of Secrets Manager; empty: it is not AWS's. */
type WantedType = 'SecureString' | 'String' | 'StringList' | 'secret' | '';

/** A Secret is made of it, so it is one; a PushSecret may say that it writes something else. */
export function wantedType({ store: { aws }, isSearch, uses }: RemoteEntry): WantedType {
  if (aws === undefined || isSearch) return '';
  if (aws.service === 'SecretsManager') return 'secret';
  const type = uses.find(({ pushedType }) => pushedType !== undefined)?.pushedType;
  return type === 'String' || type === 'StringList' ? type : 'SecureString';
}

/** In words, with the form of its value. */
export function wantedText(entry: RemoteEntry): string {
  const isJson = entry.uses.some(({ how }) => how === 'property' || how === 'properties');
  const form = entry.isSearch ? 'search' : isJson ? 'JSON' : '';
  return [wantedType(entry), form].filter(part => part !== '').join(' ');
}
