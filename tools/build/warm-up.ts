import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';

/** Runs both programs on the repository's own spec and on manifests with findings and risks, and keeps what V8 compiled. */
export function keepCompiledCode(root: URL): void {
  const spec = load(readFileSync(new URL('rem-secrets.yaml', root), 'utf8'));
  warmUp(root, 'rem-secrets', ['render', 'prod'], '');
  warmUp(
    root,
    'rem-secrets',
    ['lint', '-'],
    readFileSync(new URL('tools/build/warm-up.yaml', root), 'utf8'),
  );
  const sides = ['--base', 'tools/build/warm-up.yaml', '--head', 'tools/build/warm-up-head.yaml'];
  warmUp(root, 'rem-secrets', ['diff', ...sides], '');
  warmUp(
    root,
    'rem-secrets-fn',
    [],
    JSON.stringify({ kind: 'ResourceList', items: [], functionConfig: spec }),
  );
}

function warmUp(root: URL, bundle: string, args: readonly string[], input: string): void {
  const script = fileURLToPath(new URL('code-cache.cjs', import.meta.url));
  const dist = fileURLToPath(new URL('dist', root));
  const ran = spawnSync(process.execPath, [script, dist, bundle, ...args], { cwd: root, input });
  // 1: there are findings.
  if (ran.status !== 0 && ran.status !== 1)
    throw new Error(`${bundle} does not run: ${ran.stderr}`);
}
