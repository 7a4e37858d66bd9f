import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { coreModule, customSources } from '../../tools/schemas/sources.ts';
import { root } from '../machine.ts';
import { expectOk, request } from './cluster.ts';

/** The components that run, and the definitions that they work with. */
export async function versions(): Promise<object> {
  const { gitVersion } = await expectOk(request('GET', '/version'));
  const metrics = await (await fetch('http://127.0.0.1:8182/metrics')).text();
  return {
    programs: {
      kubernetes: gitVersion,
      etcd: said('etcd', ['--version'], /etcd Version: (\S+)/),
      'cloudnative-pg': said('cnpg-manager', ['version'], /Version:([^ }]+)/),
      'argo-cd': /argocd_info\{version="v?([0-9.]+)/.exec(metrics)?.[1],
      // The program does not tell its version: this is the one that is pinned.
      'external-secrets': pinned('external-secrets'),
    },
    definitions: Object.fromEntries(
      [coreModule, ...customSources.map(({ module }) => module)]
        .filter(({ path }) => !path.includes('argo-cd'))
        .map(({ path, version }) => [path, version]),
    ),
  };
}

function said(program: string, args: readonly string[], words: RegExp): string | undefined {
  return words.exec(execFileSync(program, args, { encoding: 'utf8' }))?.[1];
}

function pinned(part: string): string | undefined {
  const text = readFileSync(join(root, 'test/e2e/tools', part, 'go.mod'), 'utf8');
  return /^require \S+ v(\S+)$/m.exec(text)?.[1];
}
