import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../machine.ts';
import { Cluster } from './dumps.ts';

const manifests = readFileSync(join(root, 'test/operate/doctor/in.yaml'), 'utf8');

const VAULT = '{ vault: { server: https://vault.example, path: kv } }';
const CONNECT = '{ onepassword: { connectHost: https://op.example, vaults: { shop: 1 } } }';
const GOOGLE = '{ gcpsm: { projectID: shop } }';
const AZURE = '{ azurekv: { vaultUrl: https://shop.vault.azure.net } }';
const BITWARDEN = '{ bitwardensecretsmanager: { organizationID: a, projectID: b } }';

/** What ESO says of an entry of each provider (docs/facts/eso.md#entries-of-providers), and what doctor makes of it. */
const SAID: readonly (readonly [provider: string, entry: number, words: string, told: string])[] = [
  [VAULT, 0, 'Secret does not exist', 'Vault has no secret "/stripe-key"'],
  [
    VAULT,
    1,
    'cannot find secret data for key: "token"',
    'the secret "/mail" of Vault has no key "token"',
  ],
  [
    CONNECT,
    0,
    'key not found in 1Password Vaults: /stripe-key in: map[shop:1]',
    '1Password has no item "/stripe-key"',
  ],
  [
    CONNECT,
    0,
    "expected one 1Password ItemField matching: 'password' in '/stripe-key', got 0",
    'the item "/stripe-key" of 1Password has no field "password"',
  ],
  [
    GOOGLE,
    1,
    'key token does not exist in secret /mail',
    'the secret "/mail" of Secret Manager has no property "token"',
  ],
  [AZURE, 0, 'Secret does not exist', 'Key Vault has no secret "/stripe-key"'],
  [
    BITWARDEN,
    0,
    'failed to get secret: no secret found for project id b and name /stripe-key',
    'Bitwarden has no secret "/stripe-key"',
  ],
];

test.for(SAID)('%s: spec.data[%i]: %s', async ([provider, entry, words, told]) => {
  const cluster = new Cluster();
  const text = `error processing spec.data[${entry}] (key: x), err: ${words}`;
  cluster.unsynced('api-keys', text);
  const other = manifests.replace(/provider: \{ aws: .+ \}$/m, `provider: ${provider}`);
  const { status, stdout } = await cluster.doctor('text', other);
  expect(stdout).toContain(`Secret shop/api-keys: ${told} [entry]\n`);
  // Only entries of AWS are put.
  expect(stdout).toContain('  run: kubectl describe externalsecret api-keys -n shop\n');
  expect(status).toBe(1);
});
