import { expect, test } from 'vitest';
import { parseManifests, sharedDocuments } from '../../generator/yaml/parse.ts';

/** Three names that each stand for nine of the one before: 9^3 values. */
const nines = (name: string): string => Array(9).fill(`*${name}`).join(', ');
const document = `apiVersion: v1
kind: ConfigMap
metadata: { name: a }
x0: &x0 { a: b }
x1: &x1 [${nines('x0')}]
x2: &x2 [${nines('x1')}]
x3: &x3 [${nines('x2')}]
`;

test.for([
  ['a stream is read', parseManifests],
  ['streams share documents', sharedDocuments()],
] as const)(
  'where %s, what aliases stand for is counted for all documents together',
  ([, read]) => {
    expect(read(document).faults).toEqual([]);
    const [fault] = read(Array(40).fill(document).join('---\n')).faults;
    expect(fault?.id).toBe('alias-bomb');
  },
);
