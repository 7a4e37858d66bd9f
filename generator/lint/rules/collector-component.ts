import type { Path } from '../../ground/finding.ts';
import { listAt, mapAt } from '../../ground/json.ts';
import { knownNames } from '../../ground/suggest.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import { openTelemetryCollector } from '../../kinds/otel/open-telemetry-collector.ts';
import type { Rule, RuleFault } from '../rule.ts';

/** Where the parts that a pipeline lists are set up: a connector ends one and begins another. */
const SECTIONS = {
  receivers: ['receivers', 'connectors'],
  processors: ['processors'],
  exporters: ['exporters', 'connectors'],
} as const;

export const collectorComponent: Rule = {
  id: 'collector-component',
  severity: 'error',
  summary: "Each part of a collector's pipelines is set up in its configuration.",

  *check({ byKind }) {
    for (const item of byKind(openTelemetryCollector))
      for (const list of listsOf(item)) yield* unknownParts(item, list);
  },
};

function* unknownParts(item: Item, { what, names, path }: PartList): Iterable<RuleFault> {
  const config = mapAt(specOf(item), 'config');
  const sections = what === 'extensions' ? [what] : SECTIONS[what];
  const known = new Set(sections.flatMap(section => Object.keys(mapAt(config, section))));
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string' || known.has(name) || isUnresolved(name)) continue;
    yield {
      item,
      path: [...path, index],
      message: `"${name}" is not among the collector's ${sections.join(' and ')}`,
      hint: knownNames(what, name, known),
    };
  }
}

interface PartList {
  readonly what: keyof typeof SECTIONS | 'extensions';
  readonly names: readonly unknown[];
  readonly path: Path;
}

/** The lists of parts: those of each pipeline, and the extensions. */
function listsOf(item: Item): PartList[] {
  const service = ['spec', 'config', 'service'];
  const settings = mapAt(specOf(item), 'config', 'service');
  const pipelines = Object.keys(mapAt(settings, 'pipelines'));
  const ofPipelines = pipelines.flatMap(pipeline =>
    (['receivers', 'processors', 'exporters'] as const).map(what => ({
      what,
      names: listAt(settings, 'pipelines', pipeline, what),
      path: [...service, 'pipelines', pipeline, what],
    })),
  );
  const names = listAt(settings, 'extensions');
  return [...ofPipelines, { what: 'extensions', names, path: [...service, 'extensions'] }];
}
