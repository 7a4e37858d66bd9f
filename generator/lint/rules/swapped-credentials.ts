import { oncePerText } from '../../core/once.ts';
import { wordsOf } from '../../core/secret-text.ts';
import { namedReads } from '../../graph/reads.ts';
import { error, type Rule } from '../rule.ts';

export const swappedCredentials: Rule = error('swapped-credentials', function* (graph) {
  for (const { object, path, reader, name, key } of namedReads(graph)) {
    const part = partOfName(name);
    const keyPart = part && partOfName(key);
    if (part?.of !== keyPart?.of || part?.isSecret === keyPart?.isSecret) continue;
    yield {
      object,
      path,
      message: `${reader} is named for ${part?.called} and reads "${key}", which is named for ${keyPart?.called}`,
      hint: `Read the key of ${part?.called} here, or give one of the two a name that says what it is.`,
    };
  }
});

/** Remembered, as thousands of reads have the same few names. */
const partOfName = oncePerText(credentialPart);

/** The part of a credential that a name says: of which kind, and whether it is the secret half. */
interface CredentialPart {
  readonly of: 'login' | 'access' | 'client';
  readonly isSecret: boolean;
  /** In words: `a user`. */
  readonly called: string;
}

const USER: CredentialPart = { of: 'login', isSecret: false, called: 'a user' };
const PASSWORD: CredentialPart = { of: 'login', isSecret: true, called: 'a password' };
const ACCESS: CredentialPart = { of: 'access', isSecret: false, called: 'an access key' };
const SECRET: CredentialPart = { of: 'access', isSecret: true, called: 'a secret key' };
const CLIENT: CredentialPart = { of: 'client', isSecret: false, called: 'a client id' };
const CLIENT_SECRET: CredentialPart = { of: 'client', isSecret: true, called: 'a client secret' };

/** The parts by the ends of names, split into words. The first that fits counts. */
const ENDS: readonly (readonly [RegExp, CredentialPart])[] = [
  [/ (?:user|username|user name|dbuser)$/, USER],
  [/ (?:password|passwd|pwd|pass|dbpass|dbpassword)$/, PASSWORD],
  [/ (?:secret access key|secret key|secretkey|secretaccesskey)$/, SECRET],
  [/ (?:access key|access key id|accesskey|accesskeyid)$/, ACCESS],
  [/ (?:client secret|clientsecret)$/, CLIENT_SECRET],
  [/ (?:client id|clientid)$/, CLIENT],
];

/** The part of a credential that a name says. Undefined: none, or more than one. */
function credentialPart(name: string): CredentialPart | undefined {
  const words = wordsOf(name.slice(-MOST))
    .map(word => ` ${word}`)
    .join('');
  const [, part] = ENDS.find(([end]) => end.test(words)) ?? [];
  const isOfBoth = part?.isSecret === false && /secret|pass|pwd/.test(words);
  return isOfBoth ? undefined : part;
}

/** The letters of a name that are looked at: no real name is longer. */
const MOST = 200;
