import { type JsonObject, listAt, mapAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { specOf } from '../../kinds/kind.ts';
import { openTelemetryCollector } from '../../kinds/otel.ts';
import { error, type Rule } from '../rule.ts';

/** The sections that set up the parts of a pipeline. A connector ends one pipeline and begins another. */
const SECTIONS = {
  receivers: ['receivers', 'connectors'],
  processors: ['processors'],
  exporters: ['exporters', 'connectors'],
} as const;

export const collectorComponent: Rule = error(
  'collector-component',
  openTelemetryCollector,
  object => {
    const config = mapAt(specOf(object), 'config');
    const lists = listsOf(config);
    return [
      ...lists.flatMap(list => unknownParts(config, list)),
      ...looseConnectors(config, lists),
    ];
  },
);

const OTHER_END = { exporters: 'receivers', receivers: 'exporters' } as const;

/** A connector that one pipeline feeds and none reads, or the other way round: the collector does not start. */
function* looseConnectors(config: JsonObject, lists: PartLists) {
  for (const end of ['exporters', 'receivers'] as const) {
    const opposite = OTHER_END[end];
    const used = new Set(lists.flatMap(({ what, names }) => (what === opposite ? names : [])));
    for (const name of Object.keys(mapAt(config, 'connectors'))) {
      const list = lists.find(({ what, names }) => what === end && names.includes(name));
      if (list === undefined || used.has(name) || Object.hasOwn(mapAt(config, end), name)) continue;
      yield {
        path: [...list.path, list.names.indexOf(name)],
        message: `the connector "${name}" is among the ${end} of a pipeline and the ${opposite} of none`,
        hint: `List it among the ${opposite} of the pipeline that it leads ${end === 'exporters' ? 'to' : 'from'}, or take it out here.`,
      };
    }
  }
}

function unknownParts(config: JsonObject, { what, names, path }: PartLists[number]) {
  const sections = what === 'extensions' ? [what] : SECTIONS[what];
  const parts = new Set(sections.flatMap(section => Object.keys(mapAt(config, section))));
  return names.flatMap((name, index) => {
    if (typeof name !== 'string' || parts.has(name) || isUnresolved(name)) return [];
    const message = `"${name}" is not among the collector's ${sections.join(' and ')}`;
    return [{ path: [...path, index], message, hint: knownNames(what, name, parts) }];
  });
}

type PartLists = ReturnType<typeof listsOf>;

function listsOf(config: JsonObject) {
  const service = ['spec', 'config', 'service'];
  const settings = mapAt(config, 'service');
  const pipelines = Object.keys(mapAt(settings, 'pipelines'));
  const ofPipelines = pipelines.flatMap(pipeline =>
    (['receivers', 'processors', 'exporters'] as const).map(what => ({
      what,
      names: listAt(settings, 'pipelines', pipeline, what),
      path: [...service, 'pipelines', pipeline, what],
    })),
  );
  const names = listAt(settings, 'extensions');
  return [...ofPipelines, { what: 'extensions' as const, names, path: [...service, 'extensions'] }];
}
