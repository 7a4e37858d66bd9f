import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const run = process.env['REM_E2E_RUN'] ?? '';

/** Writes NAME.kubeconfig into the folder of the run: the API server, and who one is there. */
export function writeKubeconfig(name: string, token: string): void {
  const ca = readFileSync(join(run, 'pki/ca.crt')).toString('base64');
  const cluster = { server: 'https://127.0.0.1', 'certificate-authority-data': ca };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'e2e', cluster }],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: name, namespace: 'default' } }],
    'current-context': 'e2e',
  };
  writeFileSync(join(run, `${name}.kubeconfig`), JSON.stringify(config), { mode: 0o600 });
}

/** The token of a file in the PKI's folder. */
export function tokenIn(file: string): string {
  return readFileSync(join(run, 'pki', file), 'utf8').trim();
}
