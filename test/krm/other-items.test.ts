import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { call, faultySpec, itemsOf, listOf, shopSpec, written } from './calls.ts';

/** Everything that reading YAML and writing JSON loses. */
const others = `
# of the first item
- kind: ConfigMap # keys in this order
  apiVersion: v1
  metadata: { name: numbers }
  spec:
    float: 1.0
    exponent: 1e3
    long: 12345678901234567890
    octal: 0644
    date: 2025-01-01
    yes: on
    text: |+
      # not a comment

# of the second item

- apiVersion: v1
  kind: Secret
  metadata:
    name: theirs
    annotations: {internal.config.kubernetes.io/path: 'a/b.yaml', config.kubernetes.io/index: '0'}
  data: {password: aHVudGVyMg==} # kept
  # the end
`;

/** Lines of the text that are no longer there, in their order. */
function lostLines(before: string, after: string): string[] {
  const lines = after.split('\n');
  return before.split('\n').filter(line => {
    const at = lines.indexOf(line);
    lines.splice(0, at + 1);
    return at < 0;
  });
}

test('items of others come out as the text they were, and our objects come with them', () => {
  const input = `# top\n${listOf(shopSpec, others)}# bottom\n`;
  const ran = call(input);
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  expect(lostLines(input, ran.stdout)).toEqual([]);
  expect(written(ran).items.slice(0, -2)).toEqual(itemsOf(listOf(shopSpec)));
});

test('the same in JSON: the numbers stay as they are spelled', () => {
  const item = '{"kind": "ConfigMap","apiVersion":"v1","n":[1.0,12345678901234567890, 1E3]}';
  const config = JSON.stringify(load(listOf(shopSpec))).replace(
    '"items":[]',
    `"items": [ ${item}]`,
  );
  const ran = call(config);
  expect(ran.stdout).toContain(item);
  expect(JSON.parse(ran.stdout).items.slice(0, -1)).toEqual(itemsOf(listOf(shopSpec)));
});

test('a faulty spec leaves the items alone and adds results; mended, they go', () => {
  const ran = call(listOf(faultySpec, others));
  expect(ran.status).toBe(1);
  expect(lostLines(listOf(faultySpec, others), ran.stdout)).toEqual([]);
  expect(written(ran).items).toHaveLength(2);
  expect(written(ran).results).toHaveLength(1);

  const mended = call(ran.stdout.replace('key: pasword', 'key: password'));
  expect(mended.status).toBe(0);
  expect(written(mended).results).toEqual([]);
});

test('no message shows the data of an item', () => {
  const broken = [
    listOf(faultySpec, others),
    listOf(shopSpec, others).replace('functionConfig', 'functionConfg'),
    listOf(shopSpec, others).replace('kind: ResourceList', 'kind: List'),
    listOf(shopSpec, others).replace('aHVudGVyMg==}', 'aHVudGVyMg==, password: aHVudGVyMg==}'),
    listOf(shopSpec, others).replace('{password: aHVudGVyMg==}', '*aHVudGVyMg=='),
    listOf(shopSpec, others).replace('aHVudGVyMg==}', '"aHVudGVyMg==}'),
  ];
  for (const input of broken) {
    const ran = call(input);
    expect(ran.status).not.toBe(0);
    expect(ran.stderr).not.toContain('aHVudGVyMg');
    expect(JSON.stringify(written(ran).results)).not.toContain('aHVudGVyMg');
  }
});

test.for(['[]', others])('a second run over its own output changes nothing', items => {
  const once = call(listOf(shopSpec, items)).stdout;
  expect(call(once).stdout).toBe(once);
});

test('JSON that went through another program changes nothing but its own old objects', () => {
  const once = JSON.parse(call(listOf(shopSpec)).stdout);
  expect(written(call(JSON.stringify(once, undefined, 2))).items).toEqual(once.items);
});

test('an old object of ours is replaced where it stands and keeps the marks of its caller', () => {
  const old = `
- apiVersion: v1
  kind: ConfigMap
  metadata: { name: before }
# ours
- metadata:
    namespace: shop
    annotations:
      internal.config.kubernetes.io/path: shop.yaml
      config.kubernetes.io/path: shop.yaml
      config.kubernetes.io/local-config: "true"
    name: shop
  kind: Deployment
  apiVersion: apps/v1beta1
  spec: { a: [1, "}" ] # a comment ]
    }
# after
- apiVersion: v1
  kind: ConfigMap
  metadata: { name: after }
`;
  const items = written(call(listOf(shopSpec, old))).items;
  const deployment = itemsOf(listOf(shopSpec)).find(({ kind }) => kind === 'Deployment');
  const annotations = {
    ...deployment?.metadata.annotations,
    'internal.config.kubernetes.io/path': 'shop.yaml',
    'config.kubernetes.io/path': 'shop.yaml',
  };
  expect(items.slice(-3)).toEqual([
    expect.objectContaining({ metadata: { name: 'before' } }),
    { ...deployment, metadata: { ...deployment?.metadata, annotations } },
    expect.objectContaining({ metadata: { name: 'after' } }),
  ]);
  const { stdout } = call(listOf(shopSpec, old));
  expect(stdout).toContain('# ours\n- {"apiVersion":"apps/v1","kind":"Deployment"');
  expect(stdout).toContain('}\n# after\n- apiVersion');
  expect(call(stdout).stdout).toBe(stdout);
});

test('our objects, laid out anew by another program, are left as they are', () => {
  const laidOut = stringify(itemsOf(listOf(shopSpec)), { sortMapEntries: true });
  const input = listOf(shopSpec, `${laidOut}- { kind: Other } # comment`);
  expect(call(input).stdout).toBe(input);
});

test('an item of ours with an anchor that another means is not torn out', () => {
  const anchored = `
- &mine { apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: &l { a: b } } }
- { apiVersion: v1, kind: ConfigMap, metadata: { name: other, labels: *l } }
`;
  const { items } = written(call(listOf(shopSpec, anchored)));
  expect(items.at(-1)).toMatchObject({ metadata: { labels: { a: 'b' } } });
  expect(items.at(-2)).toMatchObject({ kind: 'Namespace', metadata: { annotations: {} } });
});
