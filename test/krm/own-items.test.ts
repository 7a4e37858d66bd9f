import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { runKrm } from '../machine.ts';
import { itemsOf, listOf, shopSpec, written } from './calls.ts';

const other = '- { apiVersion: v1, kind: Other, metadata: { name: a } } # comment';

test.for(['[]', other])('a second run over its own output changes nothing', async items => {
  const once = (await runKrm(listOf(shopSpec, items))).stdout;
  expect((await runKrm(once)).stdout).toBe(once);
});

test('JSON that went through another program changes nothing but its own old objects', async () => {
  const once = JSON.parse((await runKrm(listOf(shopSpec))).stdout);
  expect(written(await runKrm(JSON.stringify(once, undefined, 2))).items).toEqual(once.items);
});

test('an old object of ours is replaced where it stands and keeps the marks of its caller', async () => {
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
  const items = written(await runKrm(listOf(shopSpec, old))).items;
  const deployment = (await itemsOf(listOf(shopSpec))).find(({ kind }) => kind === 'Deployment');
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
  const { stdout } = await runKrm(listOf(shopSpec, old));
  expect(stdout).toContain('# ours\n- {"apiVersion":"apps/v1","kind":"Deployment"');
  expect(stdout).toContain('}\n# after\n- apiVersion');
  expect((await runKrm(stdout)).stdout).toBe(stdout);
});

test('our objects, laid out anew by another program, are left as they are', async () => {
  const laidOut = stringify(await itemsOf(listOf(shopSpec)), { sortMapEntries: true });
  const input = listOf(shopSpec, `${laidOut}${other}`);
  expect((await runKrm(input)).stdout).toBe(input);
});

test('an item of ours with an anchor that another means is not torn out', async () => {
  const anchored = `
- &mine { apiVersion: v1, kind: Namespace, metadata: { name: shop, labels: &l { a: b } } }
- { apiVersion: v1, kind: ConfigMap, metadata: { name: other, labels: *l } }
`;
  const { items } = written(await runKrm(listOf(shopSpec, anchored)));
  expect(items.at(-1)).toMatchObject({ metadata: { labels: { a: 'b' } } });
  expect(items.at(-2)).toMatchObject({ kind: 'Namespace', metadata: { annotations: {} } });
});
