import { graphOf } from '../../graph/graph-of.ts';
import { andThen, ok } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { ENABLE_REMOTE, HELM, NO_CACHE, ROOT } from '../../read/kustomize/allowed.ts';
import { unreadText } from '../../read/kustomize/unread.ts';
import {
  type ManifestSet,
  objectsOf,
  shownObjects,
  shownSources,
} from '../../read/sets/manifest-set.ts';
import { setsOfPaths } from '../../read/sets/path-sets.ts';
import { setsOfSpec } from '../../read/sets/spec-sets.ts';
import { rendered } from '../../report/format.ts';
import { findingFormats, graphFormats } from '../../report/formats.ts';
import type { Flow } from '../../report/graph/flow.ts';
import { flowOf } from '../../report/graph/flow-of.ts';
import { type AllowedFlags, allowedFor } from '../allowed-for.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../command.ts';
import { withKept } from '../host/kept.ts';
import { NAMESPACE, OVERLAY, PATHS } from '../manifest-flags.ts';
import { printFindings, withSpec } from '../read-spec.ts';
import { shownOn } from '../shown-on.ts';
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
  host.stdout(rendered(graphFormats, options.output, sets.map(flowOfSet), shownOn(host)));
  const sources = new Set(sets.flatMap(shownSources));
  const broken = [...sources].flatMap(({ findings }) => [...findings]);
  const unread = [...sources].flatMap(source => [...(source.unread ?? [])]);
  printFindings([...unread, ...broken], { ...options, format: 'text' }, host);
  if (unread.length > 0) host.stderr(`rem-secrets: not shown: ${unreadText(unread.length)}\n`);
  const isWhole = broken.every(({ severity }) => severity === 'warning');
  return isWhole ? exitCodes.ok : exitCodes.findings;
}

function flowOfSet(set: ManifestSet): Flow {
  const objects = objectsOf(set);
  return flowOf(graphOf(objects), { name: set.unit?.name, own: new Set(shownObjects(set)) });
}
