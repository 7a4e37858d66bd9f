import type { Host } from '../core/host.ts';
import { graphOf } from '../graph/graph.ts';
import { findingFormats } from '../report/finding.ts';
import { type Flow, flowOf } from '../report/flow.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import { manifestsAt } from '../shell/command-input.ts';
import { type AllowedFlags, allowedFor, type ManifestFlags, withFlags } from '../shell/flags.ts';
import { withKept } from '../shell/kept.ts';
import { printReport, tellUnseen, unseenIn } from '../shell/print.ts';
import { type ManifestSet, objectsOf, shownObjects, shownSources } from '../world/object-set.ts';
import type { Allowed } from '../world/programs.ts';
import { graphFormats } from './formats.ts';

interface GraphFlags extends AllowedFlags, Omit<ManifestFlags, keyof Allowed> {
  readonly output: string;
}

type GraphOptions = GraphFlags & CommonOptions;

export const graphCommand: CommandLine<GraphFlags> = {
  name: 'graph',
  description: 'show where Secrets come from and who reads them',
  examples: [
    ['graph -e prod', 'as a table'],
    ['graph . -o svg >secrets.svg', 'as a picture, of manifests of anybody'],
    ['graph . -o html >secrets.html', 'as a page with a search, for a whole repository'],
    ['graph . -o mermaid', 'for a page in Markdown'],
  ],
  define: (command, run) =>
    withFlags(command, 'paths', 'overlay', 'namespace', 'root', 'noCache', 'helm', 'remote')
      .option('-o, --output <format>', 'how the flow is shown', 'table')
      .action((paths, flags) => run({ ...flags, paths })),
};

export const graph: Action<GraphFlags> = {
  run: (options, host) => printFlow(options, withKept(host, options)),
  formats: findingFormats,
  outputs: graphFormats,
};

async function printFlow({ helm, ...options }: GraphOptions, host: Host): Promise<number> {
  const allowed = await allowedFor({ ...options, ...(helm !== undefined && { helm }) }, host);
  const looked = await manifestsAt({ ...options, ...allowed }, host);
  if (typeof looked === 'number') return looked;
  printReport(graphFormats, options.output, looked.sets.map(flowOfSet), host);
  return tellUnseen(unseenIn(looked.sets.flatMap(shownSources)), host, 'not shown');
}

function flowOfSet(set: ManifestSet): Flow {
  const objects = objectsOf(set);
  return flowOf(graphOf(objects), { name: set.unit?.name, objects: new Set(shownObjects(set)) });
}
