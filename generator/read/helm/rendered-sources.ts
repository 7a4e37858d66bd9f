import { join } from 'node:path';
import type { Path } from '../../ground/finding.ts';
import { scalarText, valueAt } from '../../ground/json.ts';
import { textsIn } from '../../ground/json-walk.ts';
import { onceFor } from '../../ground/once-per.ts';
import type { LocalRelease, ObjectField, PlacedObject } from '../../kinds/kind.ts';
import { type ObjectSource, parseSource } from '../sets/parse-source.ts';
import type { Repository } from '../world/repository.ts';
import type { Numbers } from '../world/unit.ts';
import type { MadeChart } from './begun-chart.ts';
import type { ChartToMake } from './helm.ts';
import { openValues } from './values.ts';

/** What was made of a chart, and for which object. */
export interface RenderedChart {
  readonly chart: ChartToMake;
  readonly made: Extract<MadeChart, { readonly text: string }>;
  readonly by: PlacedObject;
}

/** The objects that Helm made, as a source for each template, with places for their fields. */
export function renderedSources(
  { chart, made, by }: RenderedChart,
  { shown, parse }: Pick<Repository, 'shown' | 'parse'>,
  number: Numbers,
): ObjectSource[] {
  const { folder, release, helm } = chart;
  const name = shown(folder);
  const valuePlace = placesOfValues(release);
  const unknowns = openValues(release, name);
  return [...byTemplate(made.text)].map(([template, text], index) => {
    const place = made.files.get(template) ?? join(folder, 'Chart.yaml');
    const places = [...new Set([place, ...made.files.values()])];
    const file = shown(place);
    const own = { name, file, isBuilt: true, helm: helm.version, text, findings: [], places };
    const source = index === 0 ? { ...own, unknowns } : own;
    const parsed = parseSource(source, number(), release.namespace, parse);
    const objects = parsed.objects.map(object => {
      const placeOf = (path: Path): ObjectField =>
        valuePlace(valueAt(object.json, path)) ?? { object, path };
      return { ...object, written: { by, placeOf } };
    });
    return { ...parsed, objects };
  });
}

/** What Helm printed, by the path of the template in the chart: it says it before each object. Or nothing. */
function byTemplate(text: string): Map<string, string> {
  const templates = new Map<string, string>();
  for (const part of text.split(/^---[ \t]{0,9}$/m)) {
    const [, template] = /^# Source: [^/\n]{1,300}\/([^\n]{1,2000})$/m.exec(part) ?? [];
    if (template === undefined) continue;
    const before = templates.get(template);
    templates.set(template, before === undefined ? part : `${before}---${part}`);
  }
  return templates.size > 0 ? templates : new Map([['Chart.yaml', '']]);
}

/** Shorter texts are values of many things. */
const SHORTEST = 3;

/** Where a text of an object stands in the values, if it stands there once. */
function placesOfValues(release: LocalRelease): (value: unknown) => ObjectField | undefined {
  const known = onceFor(() => {
    const paths = new Map<string, Path | undefined>();
    for (const { text, path } of textsIn(release.values, []))
      paths.set(text, paths.has(text) ? undefined : path);
    return paths;
  });
  return value => {
    if (typeof value !== 'string' || scalarText(value).length < SHORTEST) return undefined;
    const path = known().get(value);
    return path && release.placeOf(path);
  };
}
