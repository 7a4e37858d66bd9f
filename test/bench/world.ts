import type { Command, Row } from './measure.ts';
import { commitAll, compareCpu, cpuOf, launcher, outputOf, tool } from './measure.ts';
import { textOf, withFolder } from './specs.ts';

const APPS = 120;

/** A repository of Flux with many applications, of which one changes: what is kept, and what is not. */
export function world(): Row[] {
  const files = Array.from({ length: APPS }, (_, index) => filesOf(`app-${index}`)).flat();
  const tree = { 'store.yaml': textOf('store'), ...Object.fromEntries(files) };
  return withFolder({}, cache => withFolder(tree, folder => rows(folder, cache)));
}

function rows(folder: string, cache: string): Row[] {
  commitAll(folder);
  outputOf({ argv: ['sed', '-i', 's/:1\\.0/:1.1/', 'apps/app-7/web.yaml'], cwd: folder });
  commitAll(folder);
  const run = (line: string): Command => ({
    argv: ['env', `XDG_CACHE_HOME=${cache}`, launcher('rem-secrets'), ...line.split(' ')],
    cwd: folder,
  });
  const review = 'diff --base rev:HEAD~1 --head rev:HEAD';
  const cold = run('lint --no-cache .');
  const changed = (line: string): Command => {
    const edit = "sed 's/^/# /' /proc/sys/kernel/random/uuid >> apps/app-7/web.yaml";
    const { argv } = run(line);
    return { argv: ['sh', '-c', `${edit}; exec "$@"`, 'sh', ...argv], cwd: folder };
  };
  for (const line of ['lint .', review]) cpuOf(run(line));
  const against = (command: Command, what: string, goal: number): Row => [
    `${APPS} applications of Flux, one changed: ${what} ÷ lint without cache, CPU`,
    compareCpu(command, cold, 5).ratio,
    'ratio',
    goal,
  ];
  const requests = Array.from({ length: APPS }, (_, index) => ({
    Args: ['build', `apps/app-${index}`],
  }));
  const input = requests.map(request => JSON.stringify(request)).join('\n');
  const builds = { argv: [tool('kustomize-builder')], cwd: folder, input };
  const built = `${APPS} applications of Flux: lint without cache ÷ kustomize-builder alone, CPU`;
  return [
    [built, compareCpu(cold, builds, 5).ratio, 'ratio', 3.2],
    against(run(`${review} --no-cache`), 'diff without cache', 1.4),
    against(run(review), 'diff again', 0.35),
    against(run('lint .'), 'lint again', 0.25),
    against(changed('lint .'), 'lint after another one', 0.85),
    against(changed('diff --base rev:HEAD~1'), 'diff after another one', 1.2),
  ];
}

/** An application as its Kustomization applies it. */
function filesOf(name: string): [string, string][] {
  const files = {
    [`flux/${name}.yaml`]: 'flux',
    [`apps/${name}/kustomization.yaml`]: 'kustomization',
    [`apps/${name}/web.yaml`]: 'web',
    [`apps/${name}/secret.yaml`]: 'secret',
  };
  return Object.entries(files).map(([path, file]) => [path, textOf(file, name)]);
}
