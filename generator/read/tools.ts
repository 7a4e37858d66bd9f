import { join } from 'node:path';
import type { Host, Run, RunOptions } from '../ground/host.ts';
import { HostError } from '../ground/host-error.ts';
import { absolutePath } from './kustomize/environment.ts';

type Tool = 'kustomize' | 'kubeconform';

/** Runs kustomize or kubeconform: the one `make tools` builds, or else the one on the PATH. */
export function runTool(
  name: Tool,
  args: readonly string[],
  host: Host,
  options?: RunOptions,
): Run {
  const program = programOf(name, host);
  const run = program === undefined ? undefined : host.run(program, args, options);
  if (run !== undefined && run.status !== 127) return run;
  throw new HostError(`${name} is not installed: run \`make tools\`, or put ${name} on the PATH`);
}

/** What tells one build of a tool from another; undefined: it is not there. */
export function toolForm(name: Tool, host: Host): string | undefined {
  const program = programOf(name, host);
  return program && `${program} ${host.sizeOf(program)}`;
}

/** By its whole path: a repository that has a file of that name, or a PATH that names `.`, is no matter. */
function programOf(name: Tool, host: Host): string | undefined {
  const folders = absolutePath()
    .split(':')
    .filter(folder => folder !== '');
  const files = [host.packageFile(`.tools/${name}`), ...folders.map(folder => join(folder, name))];
  return files.find(file => host.exists(file) && !host.isFolder(file));
}
