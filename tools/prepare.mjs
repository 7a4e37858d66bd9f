/*
 * npm runs this in a clone that it makes to install the package from git, and after an install in a
 * clone of one's own. Plain JavaScript of Node alone: it may be that nothing is installed yet.
 *
 * What npm 11 does with `npm install git+…` (pacote, lib/git.js and lib/dir.js): it clones, runs `npm
 * install` in the clone, with this script, and then this script once more, whose files it packs. With
 * -g that inner install is a global one too, as it goes by the same environment: it installs nothing
 * in the clone, and puts a link to it in the place of the package's folder, to which npm then unpacks.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const { env } = process;
const isInner = env['_PACOTE_NO_PREPARE_'] !== undefined;

if (!isInner && !existsSync(join(root, 'dist/start/rem-secrets.cjs'))) {
  if (!existsSync(join(root, 'node_modules/esbuild'))) npm('ci', '--include=dev');
  npm('run', 'build');
}
if (!isInner && env['npm_config_global'] === 'true') removeLink();

/** Runs npm in the clone, and nowhere else. */
function npm(...args) {
  const own = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^npm_config_(global|location|.*prefix)$/.test(name)),
  );
  const all = ['--ignore-scripts', '--no-audit', '--no-fund', ...args];
  const { status } = spawnSync('npm', all, { cwd: root, env: own, stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

/** Puts a folder again where the inner install has put a link to this clone. */
function removeLink() {
  const place = join(env['npm_config_prefix'] ?? '', 'lib/node_modules/rem-secrets');
  const isLink = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (!isLink || realpathSync(place) !== realpathSync(root)) return;
  rmSync(place);
  mkdirSync(place);
}
