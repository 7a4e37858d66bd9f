import { oncePerText } from '../../core/once.ts';
import { wordsOf } from '../../core/secret-text.ts';
import { namedReads } from '../../graph/reads.ts';
import { error, type Rule } from '../rule.ts';

export const swappedCredentials: Rule = error('swapped-credentials', namedReads, read => {
  const { path, reader, name, key } = read;
  const part = partOfName(name);
  const keyPart = part && partOfName(key);
  if (part?.of !== keyPart?.of || part?.called === keyPart?.called) return undefined;
  return {
    path,
    message: `${reader} is named for ${part?.called} and reads "${key}", which is named for ${keyPart?.called}`,
    hint: `Read the key of ${part?.called} here, or give one of the two a name that says what it is.`,
  };
});

/** Parts of credentials, by the ends of names that are split into words; the first that fits counts. */
const PARTS = [
  [/ (?:user|username|user name|dbuser)$/, 'login', 'a user'],
  [/ (?:password|passwd|pwd|pass|dbpass|dbpassword)$/, 'login', 'a password'],
  [/ (?:secret access key|secret key|secretkey|secretaccesskey)$/, 'access', 'a secret key'],
  [/ (?:access key|access key id|accesskey|accesskeyid)$/, 'access', 'an access key'],
  [/ (?:client secret|clientsecret)$/, 'client', 'a client secret'],
  [/ (?:client id|clientid)$/, 'client', 'a client id'],
] as const;

/** The part that a name is for. Remembered, as thousands of reads have the same few names. */
const partOfName = oncePerText(name => {
  const words = ` ${wordsOf(name.slice(-MOST)).join(' ')}`;
  const [, of, called] = PARTS.find(([end]) => end.test(words)) ?? [];
  const isOfBoth = !/secret|password/.test(called ?? '') && /secret|pass|pwd/.test(words);
  return isOfBoth ? undefined : { of, called };
});

/** The letters of a name that are looked at: no real name is longer. */
const MOST = 200;
