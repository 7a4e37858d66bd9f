import { andThen, ok } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { setsOfSpec } from '../environments/sets.ts';
import { graphOf } from '../graph/graph.ts';
import { findingFormats } from '../report/finding.ts';
import { type Flow, flowOf } from '../report/flow.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import {
  type AllowedFlags,
  allowedFor,
  expectPaths,
  type ManifestFlags,
  withFlags,
} from '../shell/flags.ts';
import { withKept } from '../shell/kept.ts';
import { printReport, tellUnseen, unseenIn } from '../shell/print.ts';
import { withSpec } from '../shell/read-spec.ts';
import { type ManifestSet, objectsOf, shownObjects, shownSources } from '../world/object-set.ts';
import type { Allowed } from '../world/programs.ts';
import { setsOfPaths } from '../world/sets.ts';
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

async function printFlow(options: GraphOptions, host: Host): Promise<number> {
  expectPaths(options.paths, host);
  const allowed = await allowedFor(options, host);
  if (options.paths.length > 0)
    return print(await setsOfPaths({ ...options, allowed }, host), options, host);
  return withSpec(options, host, async ({ spec }) =>
    andThen(await setsOfSpec(spec, { ...options, allowed }, host), sets => {
      // Sets without a unit are Applications, which make and read no Secrets.
      const units = sets.filter(({ unit }) => unit !== undefined);
      return ok(print(units, options, host));
    }),
  );
}

function print(sets: readonly ManifestSet[], options: GraphOptions, host: Host): number {
  printReport(graphFormats, options.output, sets.map(flowOfSet), host);
  return tellUnseen(unseenIn(sets.flatMap(shownSources)), host, 'not shown');
}

function flowOfSet(set: ManifestSet): Flow {
  const objects = objectsOf(set);
  return flowOf(graphOf(objects), { name: set.unit?.name, objects: new Set(shownObjects(set)) });
}
