import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { paramsFormats } from '../../../generator/params/command.ts';
import { alone, folderOf, type Ran, root, runMain, yamlIn } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import { joined, pushOf } from '../aws-manifests.ts';

const folder = join(root, 'test/operate/params/list');
const manifests = join(folder, 'in.yaml');

const FILES: Readonly<Record<string, string>> = {
  text: 'text.txt',
  json: 'entries.json',
  csv: 'entries.csv',
};

test.for(Object.keys(paramsFormats))('list as %s', async format => {
  const { status, stdout, stderr } = await runMain(alone(manifests), [
    '--format',
    format,
    'params',
    'list',
    '.',
  ]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  await expect(stdout).toMatchFileSnapshot(join(folder, 'expected', FILES[format] ?? format));
});

test('what is read or pushed by names that are not known is said', async () => {
  const { everywhere } = yamlIn<{ readonly everywhere: string }>(
    root,
    'test/operate/iam-names.yaml',
  );
  const pushed = pushOf('bulk', 'kind: ClusterSecretStore, name: aws', 'made', 'dataTo: [{}]');
  const ran = await runMain(root, 'params list -', joined(everywhere, pushed));
  expect(ran).toEqual({
    status: 0,
    stdout: 'no entry of a store is read\n',
    stderr:
      'rem-secrets: dataTo of PushSecret shop/bulk is not covered: what it pushes to ClusterSecretStore aws is known only from the Secret\n' +
      'rem-secrets: what ClusterExternalSecret all reads is not covered: no namespace that its labels choose is in the manifests\n',
  });
});

test('no cell is a formula of a spreadsheet, and each row has every cell', async () => {
  const { stdout } = await runMain(alone(manifests), ['--format', 'csv', 'params', 'list', '.']);
  const rows = stdout.trimEnd().split('\r\n').map(cells);
  for (const row of rows) {
    expect(row).toHaveLength(12);
    for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t]/);
  }
  expect(rows.flat()).toContain(`'=HYPERLINK("https://x.example")`);
});

/** The cells of a row (RFC 4180). */
function cells(row: string): string[] {
  return [...`,${row}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  );
}

test('the inventory has names as they are, and no store with one that cannot be seen', async () => {
  const { status, stdout } = await runMain(alone(manifests), ['params', 'inventory', '.']);
  expect(status).toBe(0);
  expect(load(stdout)).toEqual({
    inventory: {
      'ClusterSecretStore/elsewhere': { '=HYPERLINK("https://x.example")': true, mail: true },
      'ClusterSecretStore/parameters': {
        '/shop/db': ['password', 'user'],
        '/shop/public': true,
        '/shop/token': true,
        '/shop/unread': true,
      },
      'SecretStore/shop/secrets': { 'shop/mail': true },
    },
  });
});

test('lint takes the inventory, and tells what is not in it', async () => {
  const own = alone(manifests);
  const inventory = (await runMain(own, ['params', 'inventory', 'in.yaml'])).stdout;
  const linted = async (config: string): Promise<string> => {
    writeFileSync(join(own, '.rem-secrets-lint.yaml'), config);
    return (await runMain(own, ['lint', 'in.yaml'])).stdout;
  };
  expect(await linted(inventory)).not.toMatch(/unknown-entry|unknown-field/);
  expect(await linted(inventory.replace('/shop/token', '/shop/other'))).toContain(
    '[unknown-entry]',
  );
});

const SPEC = specOf(`
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1, prefix: /shop } } }
secrets: { api-keys: { store: aws, keys: { stripe: payments/stripe-key } } }
environments:
  dev: { cluster: one, stores: { aws: { aws: { prefix: /shop-dev } } } }
  test: { cluster: one, namespace: shop-test, stores: { aws: { aws: { prefix: /shop-test } } } }`);

async function listed(
  ...args: readonly string[]
): Promise<Ran & { readonly names: readonly string[][] }> {
  const specFolder = folderOf([['rem-secrets.yaml', SPEC]]);
  await runMain(specFolder, ['expand']);
  const ran = await runMain(specFolder, ['--format', 'json', 'params', 'list', ...args]);
  const { lists = [] } = JSON.parse(ran.stdout) as {
    lists?: { environment: string; entries: { name: string }[] }[];
  };
  const names = lists.map(list => [list.environment, ...list.entries.map(({ name }) => name)]);
  return { ...ran, names };
}

test('each environment of a spec has its own entries, also where it shares a cluster', async () => {
  expect((await listed()).names).toEqual([
    ['dev', '/shop-dev/payments/stripe-key'],
    ['test', '/shop-test/payments/stripe-key'],
    ['one'],
  ]);
  expect((await listed('-e', 'dev')).names).toEqual([['dev', '/shop-dev/payments/stripe-key']]);
  expect(await listed('-e', 'prod')).toMatchObject({ status: 1, names: [] });
});

test('what cannot be read is said, and the rest is shown', async () => {
  const broken = folderOf([
    ['a.yaml', 'apiVersion: [\n'],
    ['b.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n'],
  ]);
  expect(await runMain(broken, ['params', 'list', '.'])).toMatchObject({
    status: 1,
    stdout: 'no entry of a store is read\n',
    stderr: expect.stringContaining('a.yaml:2:1: error'),
  });
});

test.for([['list', 'absent'], ['lst'], [], ['list', '--nonsense']])(
  'wrong usage: %j',
  async args => {
    expect(await runMain(alone(manifests), ['params', ...args])).toMatchObject({
      status: 2,
      stdout: '',
    });
  },
);
