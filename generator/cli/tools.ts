import type { Host, Run, RunOptions } from './host.ts';
import { packageFile } from './package-files.ts';

/** A tool we call was not there; the message says how to get it. */
export class MissingTool extends Error {}

/** Runs kustomize or kubeconform: the one `make tools` builds, or else the one on the PATH. */
export function runTool(
  name: 'kustomize' | 'kubeconform',
  args: readonly string[],
  host: Host,
  options?: RunOptions,
): Run {
  const built = packageFile(`.tools/${name}`);
  const run = host.run(host.exists(built) ? built : name, args, options);
  if (run.status !== 127) return run;
  throw new MissingTool(`${name} is not installed: run \`make tools\`, or put ${name} on the PATH`);
}
