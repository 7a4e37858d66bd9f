import { graphOf } from '../../graph/graph-of.ts';
import { andThen, ok } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { ENABLE_REMOTE, HELM, NO_CACHE, ROOT } from '../../read/kustomize/allowed.ts';
import {
  type ManifestSet,
  objectsOf,
  shownObjects,
  shownSources,
} from '../../read/sets/manifest-set.ts';
import { setsOfPaths } from '../../read/sets/path-sets.ts';
import { setsOfSpec } from '../../read/sets/spec-sets.ts';
import { findingFormats } from '../../report/finding/formats.ts';
import type { Flow } from '../../report/graph/flow.ts';
import { flowOf } from '../../report/graph/flow-of.ts';
import { graphFormats } from '../../report/graph/formats.ts';
import type { Action, CommandLine, CommonOptions } from '../command.ts';
import { withKept } from '../host/kept.ts';
import { type AllowedFlags, allowedFor, NAMESPACE, OVERLAY, PATHS } from '../manifest-flags.ts';
import { printReport } from '../print.ts';
import { withSpec } from '../read-spec.ts';
import { tellUnseen, unseenIn } from '../unread.ts';
import { expectPaths } from '../usage.ts';

interface GraphFlags extends AllowedFlags {
  readonly paths: readonly string[];
  readonly output: string;
  readonly namespace: string;
  readonly environment?: string;
  readonly root?: string;
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
    command
      .argument(...PATHS)
      .option(...OVERLAY)
      .option(...NAMESPACE, '')
      .option(...ROOT)
      .option(...NO_CACHE)
      .option(...HELM)
      .option(...ENABLE_REMOTE)
      .option('-o, --output <format>', 'how the flow is shown', 'table')
      .action((paths, flags) => run({ ...flags, paths })),
};

export const graph: Action<GraphFlags> = {
  run: (options, host) => printFlow(options, withKept(host, options)),
  formats: findingFormats,
  outputs: graphFormats,
};

/** Prints where Secrets come from and who reads them: of the paths, or of every overlay. */
function printFlow(options: GraphOptions, host: Host): number {
  expectPaths(options.paths, host);
  const allowed = allowedFor(options, host);
  if (options.paths.length > 0)
    return print(setsOfPaths({ ...options, allowed }, host), options, host);
  return withSpec(options, host, ({ spec }) =>
    andThen(setsOfSpec(spec, { ...options, allowed }, host), sets => {
      // Applications make and read no Secrets.
      const own = sets.filter(({ unit }) => unit !== undefined);
      return ok(print(own, options, host));
    }),
  );
}

/** What cannot be read is said, and the rest is shown. */
function print(sets: readonly ManifestSet[], options: GraphOptions, host: Host): number {
  printReport(graphFormats, options.output, sets.map(flowOfSet), host);
  return tellUnseen(unseenIn(sets.flatMap(shownSources)), host, 'not shown');
}

function flowOfSet(set: ManifestSet): Flow {
  const objects = objectsOf(set);
  return flowOf(graphOf(objects), { name: set.unit?.name, own: new Set(shownObjects(set)) });
}
