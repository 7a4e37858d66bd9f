import { expect, test } from 'vitest';
import { isWrittenAlike } from '../../generator/world/kustomize/build.ts';
import { parseManifests, parseShared } from '../../generator/yaml/parse.ts';

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
  ['streams share documents', parseShared],
] as const)(
  'where %s, what aliases stand for is counted for all documents together',
  ([, read]) => {
    expect(read(document).faults).toEqual([]);
    const [fault] = read(Array(40).fill(document).join('---\n')).faults;
    expect(fault?.id).toBe('alias-bomb');
  },
);

test.for(['\r', '\u0085', '\u2028', '\u2029'])(
  'a comment before the first document hides nothing behind a line break of others: %j',
  end => {
    const text = `# c${end}kind: Secret\n---\nf: [1]\n---\nj: b\n`;
    expect(parseManifests(text).faults.map(({ id }) => id)).toEqual(['ambiguous-yaml']);
  },
);

test('nothing behind an anchor in brackets is what kustomize writes otherwise', () => {
  const text = 'a: [&x , 1]\n';
  expect(isWrittenAlike(text, parseManifests(text).value ?? [])).toBe(false);
});

test.for(['a: 2001-01-01\n', 'a: [2001-1-1]\n', 'a: {"b":2001-01-01T00:00:00Z}\n'])(
  'a date without quotes is what kustomize writes otherwise: %j',
  text => {
    expect(isWrittenAlike(text, parseManifests(text).value ?? [])).toBe(false);
  },
);

test.for([
  '\t# c\n---\nkind: A\n',
  '\ufeff  ---\nkind: A\n',
  'kind: A\ns: "\\\n\n  t"\n',
  'kind: A\ns: "a\\\r\n  \r\n  t"\n',
  'kind: A\nd: |\n  \t\n',
  'kind: A\nd: |+\n\n   ',
])('what go-yaml reads otherwise, or refuses, is not read: %j', text => {
  expect(parseManifests(text).faults.map(({ id }) => id)).toEqual(['ambiguous-yaml']);
});
