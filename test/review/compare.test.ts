import { dump } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { compare, type Diff } from '../../generator/diff/diff.ts';
import { quantityForm } from '../../generator/diff/field-changes.ts';
import { placedObject } from '../../generator/kinds/kinds.ts';
import { nothingOutside, type ObjectSet } from '../../generator/world/object-set.ts';
import { objectsOf, yamlIn } from '../machine.ts';

function side(yaml: string): ObjectSet {
  const objects = objectsOf(yaml).map((object, index) => placedObject(object, 0, [index], 'shop'));
  return { objects, context: [], outside: nothingOutside };
}

function compared(base: string, head: string): Diff {
  return compare({ name: '', base: side(base), head: side(head) }, () => undefined);
}

/** `~ field`, as a reader sees it. */
function fields(base: string, head: string): string[] {
  return compared(base, head).changes.flatMap(change =>
    change.what === 'changed' ? change.fields.map(({ what, field }) => `${what} ${field}`) : [],
  );
}

const deployment = (template: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { template: { spec: ${template} } }
`;

const externalSecret = (spec: string, version = 'v1'): string => `
apiVersion: external-secrets.io/${version}
kind: ExternalSecret
metadata: { name: keys }
spec: ${spec}
`;

describe('a list whose entries have a name', () => {
  const env = (entries: string) => deployment(`{ containers: [{ name: a, env: ${entries} }] }`);

  test('is compared by it', () =>
    expect(
      fields(env('[{ name: A, value: x }]'), env('[{ name: B }, { name: A, value: y }]')),
    ).toEqual([
      'changed spec.template.spec.containers[a].env[A].value',
      'added spec.template.spec.containers[a].env[B]',
    ]));

  test.for([
    ['one has none', '[{ name: A, value: x }, { a: z }]', '[{ name: A, value: y }, { a: z }]'],
    ['two share A', '[{ name: A, value: x }, { name: A }]', '[{ name: A, value: y }, { name: A }]'],
  ] as const)('is compared by places where %s', ([, base, head]) => {
    expect(fields(env(base), env(head))).toEqual([
      'changed spec.template.spec.containers[a].env[0].value',
    ]);
  });
});

function pairsIn(file: string): (readonly [what: string, base: string, head: string])[] {
  const cases = yamlIn<Record<string, unknown[]>>(import.meta.dirname, file);
  return Object.entries(cases).map(([what, pair]) => {
    const [base = '', head = ''] = pair.map(object => dump(object));
    return [what, base, head];
  });
}

test.for(pairsIn('same-meaning.yaml'))(
  'what means the same is no change, and is counted: %s',
  ([, base, head]) =>
    expect(compared(base, head)).toMatchObject({ changes: [], same: [expect.anything()] }),
);

test.for(pairsIn('other-meaning.yaml'))(
  'what differs from a default is a change: %s',
  ([, base, head]) => expect(compared(base, head).changes).toMatchObject([{ what: 'changed' }]),
);

describe('where order means something another order is a change', () => {
  test.for([
    [
      'variables',
      '{ containers: [{ name: a, env: [{ name: A }, { name: B }] }] }',
      '{ containers: [{ name: a, env: [{ name: B }, { name: A }] }] }',
      'reordered spec.template.spec.containers[a].env',
    ],
    [
      'init containers',
      '{ initContainers: [{ name: a }, { name: b }] }',
      '{ initContainers: [{ name: b }, { name: a }] }',
      'reordered spec.template.spec.initContainers',
    ],
  ])('%s', ([, base = '', head = '', change]) => {
    expect(fields(deployment(base), deployment(head))).toEqual([change]);
  });
});

describe('fields by what names their entries', () => {
  test('an entry that comes, one that goes, one that changes', () => {
    expect(
      fields(
        externalSecret('{ data: [{ secretKey: a, remoteRef: { key: x } }, { secretKey: b }] }'),
        externalSecret('{ data: [{ secretKey: c }, { secretKey: a, remoteRef: { key: y } }] }'),
      ),
    ).toEqual(['changed spec.data[a].remoteRef.key', 'removed spec.data[b]', 'added spec.data[c]']);
  });

  test('arguments by their place, after what both begin with', () =>
    expect(
      fields(
        deployment('{ containers: [{ name: a, args: [serve, --port, "80"] }] }'),
        deployment('{ containers: [{ name: a, args: [serve, --debug, --port, "80"] }] }'),
      ),
    ).toEqual(['added spec.template.spec.containers[a].args[1]']));

  test('two entries of one name are told apart by what they say', () =>
    expect(
      fields(
        deployment('{ containers: [{ name: a }, { name: a, image: x }] }'),
        deployment('{ containers: [{ name: a, image: y }, { name: a }] }'),
      ),
    ).toEqual(['changed spec.template.spec.containers[1].image']));

  test('a name that is no word stands in brackets', () =>
    expect(
      fields(
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { a.yaml: "1" }',
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\ndata: { a.yaml: "2" }',
      ),
    ).toEqual(['changed data["a.yaml"]']));
});

describe('objects', () => {
  test('the version is no part of who an object is', () => {
    const spec = '{ secretStoreRef: { name: aws } }';
    expect(fields(externalSecret(spec, 'v1beta1'), externalSecret(spec))).toEqual([
      'changed apiVersion',
    ]);
  });

  test('a rename is a removal and an addition that know each other', () => {
    const base = externalSecret('{ secretStoreRef: { name: aws }, data: [{ secretKey: a }] }');
    expect(compared(base, base.replace('name: keys', 'name: api-keys')).changes).toMatchObject([
      { what: 'added', head: { name: 'api-keys' }, was: { name: 'keys' } },
      { what: 'removed', base: { name: 'keys' }, becomes: { name: 'api-keys' } },
    ]);
  });

  test('objects of one kind that say other things are no rename', () => {
    const base = externalSecret('{ secretStoreRef: { name: aws }, data: [{ secretKey: a }] }');
    const other = `apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: api }\nspec: { secretStoreRef: { name: gcp }, dataFrom: [{ extract: { key: k } }] }`;
    expect(compared(base, other).changes).toMatchObject([
      { what: 'added', was: undefined },
      { what: 'removed', becomes: undefined },
    ]);
  });

  test('the objects of the environment are told from those around it', () => {
    const [own] = side(deployment('{}')).objects;
    const around = side('apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }').objects;
    const sides = {
      base: side(''),
      head: { ...side(''), objects: own ? [own] : [], context: around },
    };
    const comparison = compare({ name: '', ...sides }, () => undefined);
    expect(comparison.head.objects).toEqual([own, ...around]);
    expect([...comparison.compared]).toEqual([own]);
  });
});

test.for([
  ['1073741824', '1Gi'],
  ['1024Mi', '1Gi'],
  ['1e9', '1G'],
  ['1000M', '1G'],
  ['1.5', '1500m'],
  ['0', '0'],
  ['ten', 'ten'],
])('the amount %s is %s', ([text = '', form]) => expect(quantityForm(text)).toBe(form));
