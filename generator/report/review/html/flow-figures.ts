import type { ObjectName } from '../../../ground/finding.ts';
import { groupBy } from '../../../ground/group-by.ts';
import type { Mark } from '../../graph/chart.ts';
import { type LayoutOf, renderChart } from '../../graph/svg.ts';
import { oneLine, shownLines } from '../../one-line.ts';
import type { Review, SecretEffect } from '../review.ts';
import { areWholesale, type FilterTags } from './filter-tags.ts';
import { type MarkOf, markedChart } from './flow-chart.ts';

/** The flow of the Secrets that change in the same environments, drawn. */
export interface FlowFigure {
  readonly environments: readonly string[];
  /** What goes inside of an `<svg>`. */
  readonly image: string;
  readonly width: number;
  readonly height: number;
  readonly drawn: number;
  readonly total: number;
  /** A whole environment that comes or goes is no news, Secret by Secret. */
  readonly isOpen: boolean;
  readonly tags: Pick<FilterTags, 'environments'>;
}

/** More than these make no picture that anybody reads. */
const MOST = 30;

/** One picture for each set of environments in which the same Secrets change. */
export function flowFigures(review: Review, layoutOf: LayoutOf): FlowFigure[] {
  const groups = groupBy(review.secrets, effect =>
    JSON.stringify([...new Set(effect.environments)]),
  );
  const markIn = marksOf(review);
  const figures = [...groups.values()].map(effects => {
    const environments = [...new Set(effects[0]?.environments ?? [])];
    const worst = [...effects].sort((a, b) => rankOf(a) - rankOf(b)).slice(0, MOST);
    const chart = markedChart(worst, markIn(environments[0] ?? ''));
    const { text, width, height } = renderChart(chart, layoutOf);
    return {
      environments: environments.map(oneLine),
      image: shownLines(text),
      width: Math.ceil(width) + 2,
      height: Math.ceil(height) + 2,
      drawn: worst.length,
      total: effects.length,
      isOpen: !areWholesale(review, environments),
      tags: { environments },
    };
  });
  return figures.sort((a, b) => Number(b.isOpen) - Number(a.isOpen));
}

/** What needs a look most comes first. */
export function rankOf({ base, head, isSourceChanged }: SecretEffect): number {
  if (head?.state === 'missing' || (head?.missingKeys.length ?? 0) > 0) return 0;
  if (head === undefined) return 1;
  if (isSourceChanged) return 2;
  return base === undefined ? 3 : 4;
}

/** What a change does to the objects of an environment. */
function marksOf({ changes }: Review): (environment: string) => MarkOf {
  const marks = new Map<string, Mark>();
  const keyOf = (environment: string, { kind, namespace = '', name }: ObjectName): string =>
    JSON.stringify([environment, kind, namespace, name]);
  for (const { what, objects } of changes)
    for (const { pair, ...object } of objects) {
      marks.set(keyOf(object.environment, object), what === 'replaced' ? 'added' : what);
      if (what === 'replaced' && pair !== undefined)
        marks.set(keyOf(object.movedFrom ?? object.environment, pair), 'removed');
    }
  return environment => object => marks.get(keyOf(environment, object));
}
