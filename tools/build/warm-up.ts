import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';

/** Runs both programs on the repository's own spec and on others' manifests, and keeps what V8 compiled. */
export function keepCompiledCode(root: URL): void {
  const spec = load(readFileSync(new URL('rem-secrets.yaml', root), 'utf8'));
  warmUp(root, 'rem-secrets', ['render', 'prod'], '');
  const manifests = readFileSync(new URL('tools/build/warm-up.yaml', root), 'utf8');
  for (const input of [manifests, manifests + LARGE_COMMENT])
    warmUp(root, 'rem-secrets', ['lint', '-'], input);
  warmUp(root, 'rem-secrets', ['iam', '-'], manifests);
  const sides = ['--base', 'tools/build/warm-up.yaml', '--head', 'tools/build/warm-up-head.yaml'];
  warmUp(root, 'rem-secrets', ['diff', ...sides], '', HAS_BLOCKERS);
  warmUp(
    root,
    'rem-secrets-fn',
    [],
    JSON.stringify({ kind: 'ResourceList', items: [], functionConfig: spec }),
  );
}

/** Manifests with it are a long run: see \`generator/start/tune.ts\`. */
const LARGE_COMMENT = '# no manifest\n'.repeat(20_000);

/** How `diff` ends on the two files, which show as many risks as they can. */
const HAS_BLOCKERS = 1;

function warmUp(
  root: URL,
  bundle: string,
  args: readonly string[],
  input: string,
  status = 0,
): void {
  const script = fileURLToPath(new URL('code-cache.cjs', import.meta.url));
  const dist = fileURLToPath(new URL('dist', root));
  const ran = spawnSync(process.execPath, [script, dist, bundle, ...args], { cwd: root, input });
  if (ran.status !== status) throw new Error(`${bundle} does not run: ${ran.stderr}`);
}
