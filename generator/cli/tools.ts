import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Host, Run } from './host.ts';

const require = createRequire(import.meta.filename);

/** The folder of the JSON Schemas that come with the tool. */
export function schemasFolder(): string {
  return dirname(require.resolve('#schemas/kubernetes.json'));
}

/** A tool we call was not there; the message says how to get it. */
export class MissingTool extends Error {}

/** Runs kustomize or kubeconform: the one `make tools` builds, or else the one on the PATH. */
export function runTool(
  name: 'kustomize' | 'kubeconform',
  args: readonly string[],
  host: Host,
  input?: string,
): Run {
  const built = join(dirname(schemasFolder()), '.tools', name);
  const run = host.run(host.exists(built) ? built : name, args, input);
  if (run.status !== 127) return run;
  throw new MissingTool(`${name} is not installed: run \`make tools\`, or put ${name} on the PATH`);
}
