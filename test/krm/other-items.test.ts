import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { exits, runKrm } from '../machine.ts';
import { faultySpec, itemsOf, listOf, shopSpec, written } from './calls.ts';

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

function lostLines(before: string, after: string): string[] {
  const lines = after.split('\n');
  return before.split('\n').filter(line => {
    const at = lines.indexOf(line);
    lines.splice(0, at + 1);
    return at < 0;
  });
}

test('items of others come out as the text they were, and our objects come with them', async () => {
  const input = `# top\n${listOf(shopSpec, others)}# bottom\n`;
  const ran = await runKrm(input);
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  expect(lostLines(input, ran.stdout)).toEqual([]);
  expect(written(ran).items.slice(0, -2)).toEqual(await itemsOf(listOf(shopSpec)));
});

test('the same in JSON: the numbers stay as they are spelled', async () => {
  const item =
    '{"kind": "ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"n":[1.0,12345678901234567890, 1E3]}';
  const config = JSON.stringify(load(listOf(shopSpec))).replace(
    '"items":[]',
    `"items": [ ${item}]`,
  );
  const ran = await runKrm(config);
  expect(ran.stdout).toContain(item);
  expect(JSON.parse(ran.stdout).items.slice(0, -1)).toEqual(await itemsOf(listOf(shopSpec)));
});

test('a faulty spec leaves the items alone and adds results; mended, they go', async () => {
  const ran = exits(1, await runKrm(listOf(faultySpec, others)));
  const [items = '', config = ''] = listOf(faultySpec, others).split(/^(?=functionConfig:)/m);
  expect(lostLines(items, ran.stdout)).toEqual([]);
  expect(ran.stdout).not.toContain('functionConfig');
  expect(written(ran).items).toHaveLength(2);
  expect(written(ran).results).toHaveLength(1);

  const mended = await runKrm(ran.stdout + config.replace('key: pasword', 'key: password'));
  expect(mended.status).toBe(0);
  expect(written(mended).results).toEqual([]);
});

test('no message shows the data of an item', async () => {
  const broken = [
    listOf(faultySpec, others),
    listOf(shopSpec, others).replace('functionConfig', 'functionConfg'),
    listOf(shopSpec, others).replace('kind: ResourceList', 'kind: List'),
    listOf(shopSpec, others).replace('aHVudGVyMg==}', 'aHVudGVyMg==, password: aHVudGVyMg==}'),
    listOf(shopSpec, others).replace('{password: aHVudGVyMg==}', '*aHVudGVyMg=='),
    listOf(shopSpec, others).replace('aHVudGVyMg==}', '"aHVudGVyMg==}'),
  ];
  for (const input of broken) {
    const ran = await runKrm(input);
    expect(ran.status).not.toBe(0);
    expect(ran.stderr).not.toContain('aHVudGVyMg');
    expect(JSON.stringify(written(ran).results)).not.toContain('aHVudGVyMg');
  }
});
