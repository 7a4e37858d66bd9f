import { layoutChart } from '#layout';
import { graphOf } from '../../graph/object-set.ts';
import { nothingOutside } from '../../graph/secret-graph.ts';
import { andThen, ok } from '../../ground/finding.ts';
import { renderDot } from '../../report/graph/dot.ts';
import type { Flow } from '../../report/graph/flow.ts';
import { flowOf } from '../../report/graph/flow-of.ts';
import { renderFlowJson } from '../../report/graph/json.ts';
import { renderMermaid } from '../../report/graph/mermaid.ts';
import { renderSvg } from '../../report/graph/svg.ts';
import { renderTable } from '../../report/graph/table.ts';
import { exitCodes } from '../exit-codes.ts';
import type { GRAPH_FORMATS } from '../formats.ts';
import type { Host } from '../host.ts';
import type { Allowed } from '../kustomize/allowed.ts';
import { unreadText } from '../kustomize/unread.ts';
import { type CommonOptions, printFindings, withSpec } from '../read-spec.ts';
import { type ManifestSet, objectsOf } from '../sets/manifest-set.ts';
import { sourcesOfPaths } from '../sets/path-sets.ts';
import { setsOfSpec } from '../sets/spec-sets.ts';

export interface GraphOptions extends CommonOptions, Allowed {
  readonly paths: readonly string[];
  readonly output: (typeof GRAPH_FORMATS)[number];
  readonly namespace: string;
  readonly environment?: string;
}

const renderers: Readonly<Record<GraphOptions['output'], (flows: readonly Flow[]) => string>> = {
  table: renderTable,
  json: renderFlowJson,
  mermaid: renderMermaid,
  dot: renderDot,
  svg: flows => renderSvg(flows, layoutChart),
};

/** Prints where Secrets come from and who reads them: of the paths, or of every overlay. */
export function graph(options: GraphOptions, host: Host): number {
  if (options.paths.length > 0) return print([setOfPaths(options, host)], options, host);
  return withSpec(options, host, ({ spec }) =>
    andThen(setsOfSpec(spec, { ...options, allowed: options }, host), sets => {
      // Applications make and read no Secrets.
      const own = sets.filter(({ target }) => target !== undefined);
      return ok(print(own, options, host));
    }),
  );
}

/** All that is named is one picture, whether kustomize builds it or not. */
function setOfPaths(options: GraphOptions, host: Host): ManifestSet {
  return {
    sources: sourcesOfPaths({ ...options, allowed: options }, host),
    context: [],
    outside: nothingOutside,
  };
}

/** What cannot be read is said, and the rest is shown. */
function print(sets: readonly ManifestSet[], options: GraphOptions, host: Host): number {
  host.stdout(renderers[options.output](sets.map(flowOfSet)));
  const sources = new Set(sets.flatMap(set => [...set.sources, ...set.context]));
  const broken = [...sources].flatMap(({ findings }) => [...findings]);
  const unread = [...sources].flatMap(source => [...(source.unread ?? [])]);
  printFindings([...unread, ...broken], { ...options, format: 'text' }, host);
  if (unread.length > 0) host.stderr(`rem-secrets: not shown: ${unreadText(unread.length)}\n`);
  const isWhole = broken.every(({ severity }) => severity === 'warning');
  return isWhole ? exitCodes.ok : exitCodes.findings;
}

function flowOfSet(set: ManifestSet): Flow {
  const objects = objectsOf(set);
  return flowOf(graphOf(objects), { name: set.target?.name, own: new Set(objects.items) });
}
