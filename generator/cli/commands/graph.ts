import { dirname, join } from 'node:path';
import { buildGraph } from '../../graph/build-graph.ts';
import { type Item, itemOf } from '../../graph/item.ts';
import { nothingOutside, type Outside } from '../../graph/secret-graph.ts';
import { targetNames } from '../../pipeline.ts';
import { renderDot } from '../../report/graph/dot.ts';
import { type Flow, flowOf } from '../../report/graph/flow.ts';
import { renderFlowJson } from '../../report/graph/json.ts';
import { renderMermaid } from '../../report/graph/mermaid.ts';
import { renderSvg } from '../../report/graph/svg.ts';
import { renderTable } from '../../report/graph/table.ts';
import { andThen, type Finding, type Outcome, ok } from '../../source/finding.ts';
import { locate } from '../../source/locate.ts';
import { knownNames } from '../../source/suggest.ts';
import { parseStream } from '../../source/yaml-text.ts';
import { mergeEnvironment } from '../../spec/merge-environment.ts';
import type { Spec, SpecObject } from '../../spec/spec.ts';
import { manifestsOf } from '../../validation/manifests.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { layout } from '../layout.ts';
import { type ManifestSource, readManifests } from '../read-manifests.ts';
import { type CommonOptions, printFindings, withSpec } from '../read-spec.ts';
import { MissingTool } from '../tools.ts';

/** How the flow can be printed. */
export const GRAPH_FORMATS = ['table', 'json', 'mermaid', 'dot', 'svg'] as const;

export interface GraphOptions extends CommonOptions {
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
  svg: flows => renderSvg(flows, layout()),
};

/** Prints where Secrets come from and who reads them: of the paths, or of every overlay. */
export function graph(options: GraphOptions, host: Host): number {
  const { paths, file } = options;
  try {
    if (paths.length > 0)
      return print([{ name: '', paths, outside: nothingOutside }], options, host);
    return withSpec(options, host, ({ spec }) =>
      andThen(setsOf(spec, dirname(file), options.environment), sets =>
        ok(print(sets, options, host)),
      ),
    );
  } catch (error) {
    if (!(error instanceof MissingTool)) throw error;
    host.stderr(`rem-secrets: ${error.message}\n`);
    return exitCodes.usage;
  }
}

/** Manifests that are one world: those of an environment, or those that were named. */
interface ManifestSet {
  readonly name: string;
  readonly paths: readonly string[];
  readonly outside: Outside;
}

/** The overlays of a spec, or the one that is wanted; without environments the base. */
function setsOf(
  spec: SpecObject,
  folder: string,
  wanted: string | undefined,
): Outcome<readonly ManifestSet[]> {
  const known = targetNames(spec);
  if (wanted !== undefined && !known.includes(wanted)) {
    const message = `there is no environment "${wanted}"`;
    const hint = knownNames('environments', wanted, known);
    return {
      faults: [{ id: 'unknown-environment', message, hint, path: ['spec', 'environments'] }],
    };
  }
  const setOf = (name: string, path: string): ManifestSet => ({
    name,
    paths: [join(folder, path)],
    outside: outsideOf(mergeEnvironment(spec, name)),
  });
  if (known.length === 0) return ok([setOf('base', 'base')]);
  return ok(
    known
      .filter(name => wanted === undefined || name === wanted)
      .map(name => setOf(name, `overlays/${name}`)),
  );
}

/** The Secrets that a spec declares as made by hand or by others. */
function outsideOf({ secrets = {} }: Spec): Outside {
  const declared = Object.entries(secrets).flatMap(([name, { manual, external }]) => {
    const keys = manual ?? external;
    if (keys === undefined) return [];
    return [[name, typeof keys === 'boolean' ? undefined : keys] as const];
  });
  return { ...nothingOutside, secrets: new Map(declared) };
}

/** What cannot be read is said, and the rest is shown. */
function print(sets: readonly ManifestSet[], options: GraphOptions, host: Host): number {
  const broken: Finding[] = [];
  const flows = sets.map(({ name, paths, outside }) => {
    const sources = paths.flatMap(path => readManifests(path, host));
    const items = sources.flatMap((source, number) => {
      const read = itemsOf(source, number, options.namespace);
      broken.push(...read.findings);
      return read.items;
    });
    return flowOf(buildGraph(items, outside), name);
  });
  host.stdout(renderers[options.output](flows));
  if (broken.length === 0) return exitCodes.ok;
  return printFindings(broken, { ...options, format: 'text' }, host);
}

function itemsOf(
  { file, text, findings }: ManifestSource,
  number: number,
  namespace: string,
): { readonly items: readonly Item[]; readonly findings: readonly Finding[] } {
  if (text === undefined) return { items: [], findings };
  const { value, faults } = parseStream(text);
  if (value === undefined) return { items: [], findings: locate(faults, { file, text }) };
  const manifests = manifestsOf(value);
  return {
    items: manifests.map(({ object, path }) => itemOf(object, number, path, namespace)),
    findings,
  };
}
