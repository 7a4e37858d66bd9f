import { join } from 'node:path';
import type { Host, Run } from '../ground/host.ts';
import { HostError } from '../ground/host-error.ts';
import { onceFor } from '../ground/once-per.ts';
import { absolutePath } from './kustomize/environment.ts';

/** A program that this one runs, and where people get it. */
export interface Tool {
  readonly name: 'kubeconform' | 'kustomize' | 'kubectl' | 'helm';
  /** What to put on the PATH. */
  readonly wanted: string;
}

/**
 * Where a tool is: the one that `make tools` builds in a clone, or else the one on the PATH;
 * undefined: it is not there. By its whole path: a repository that has a file of that name, or a PATH
 * that names `.`, is no matter.
 */
export function toolPath(name: Tool['name'], host: Host): string | undefined {
  const folders = absolutePath()
    .split(':')
    .filter(folder => folder !== '');
  const files = [host.packageFile(`.tools/${name}`), ...folders.map(folder => join(folder, name))];
  return files.find(file => host.exists(file) && !host.isFolder(file));
}

/** What is said where a tool is needed and not there: in a clone it can be made. */
export function notInstalled({ name, wanted }: Tool, host: Host): HostError {
  const way = host.exists(host.packageFile('tools/go.mod'))
    ? `run \`make tools\`, or put ${name} on the PATH`
    : `put ${wanted} on the PATH`;
  return new HostError(`${name} is not installed: ${way}`);
}

/** `4.5` of a text that holds a version in some way, as numbers; undefined: it holds none. */
export function versionIn(text: string): readonly [major: number, minor: number] | undefined {
  const [, major, minor] = /v?(\d{1,4})\.(\d{1,4})/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

/**
 * What a program printed before of the same input, or what it prints now. `secret`: in what is printed
 * where there may be a Secret; that is for this run alone.
 */
export function keptRun(
  kept: ReturnType<Host['kept']>,
  begin: () => () => Run,
  secret: RegExp,
): () => Run {
  if (kept === undefined) return begin();
  return kept.begun(() => {
    const { text } = kept;
    if (text !== undefined) return () => ({ status: 0, stdout: text, stderr: '' });
    const finish = begin();
    return onceFor(() => {
      const run = finish();
      if (run.status === 0 && !secret.test(run.stdout)) kept.keep(run.stdout);
      return run;
    });
  });
}
