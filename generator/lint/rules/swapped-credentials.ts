import { namedReads } from '../../graph/named-reads.ts';
import { areSwapped, credentialPart } from '../../ground/credential-part.ts';
import { oncePerText } from '../../ground/once-per.ts';
import type { Rule } from '../rule.ts';

export const swappedCredentials: Rule = {
  id: 'swapped-credentials',
  severity: 'error',
  summary: 'What is named for a user reads no password, and the other way round.',

  *check(graph) {
    for (const { item, path, reader, name, key } of namedReads(graph)) {
      const wanted = partOfName(name);
      const given = wanted && partOfName(key);
      if (!areSwapped(wanted, given)) continue;
      yield {
        item,
        path,
        message: `${reader} is named for ${wanted?.called} and reads "${key}", which is named for ${given?.called}`,
        hint: `Read the key of ${wanted?.called} here, or give one of the two a name that says what it is.`,
      };
    }
  },
};

/** Thousands of reads go by the same few names. */
const partOfName = oncePerText(credentialPart);
