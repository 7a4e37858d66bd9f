import type { ObjectName } from '../../../core/finding.ts';
import { groupBy } from '../../../core/json.ts';
import {
  type Arrow,
  type Box,
  type Chart,
  chartOf,
  type FlowSecret,
  type Line,
  type Mark,
} from '../../../report/flow.ts';
import { type LayoutOf, renderChart } from '../../../report/svg.ts';
import { oneLine, shownLines } from '../../../report/text.ts';
import type { Review, SecretEffect } from '../../review.ts';
import { lineDiff } from '../line-diff.ts';
import { areWholesale, type FilterTags } from './filter-tags.ts';

/** A picture of more Secrets is not readable. */
const MOST = 30;

/** One picture, the inside of an `<svg>`, for each set of environments in which the same Secrets change. */
export function flowFigures(
  review: Review,
  layoutOf: LayoutOf,
): { readonly tags: Pick<FilterTags, 'environments'> }[] {
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
      // The Secrets of environments that come or go as a whole are no news.
      isOpen: !areWholesale(review, environments),
      tags: { environments },
    };
  });
  return figures.sort((a, b) => Number(b.isOpen) - Number(a.isOpen));
}

/** The worst is 0. */
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

/** What a change does to an object, where it does anything. */
type MarkOf = (object: ObjectName) => Mark | undefined;

/** The flow of Secrets before and after in one chart, with marks at what comes, goes or changes. */
function markedChart(effects: readonly SecretEffect[], markOf: MarkOf): Chart {
  const base = drawn(effects.flatMap(effect => keptKeys(effect).base ?? []));
  const head = drawn(effects.flatMap(effect => keptKeys(effect).head ?? []));
  const bySecret = new Map(
    effects.map(effect => [secretKey(effect.head ?? effect.base), effect] as const),
  );
  const keys = [...new Set([...head.boxes.keys(), ...base.boxes.keys()])];
  const ids = new Map(keys.map((key, index) => [key, `n${index}`]));
  const boxes = keys.flatMap(key => {
    const [before, after] = [base.boxes.get(key), head.boxes.get(key)];
    const box = after ?? before;
    if (box === undefined) return [];
    const effect = bySecret.get(key);
    const mark = effect === undefined ? markOf(nameOf(box)) : markOfSecret(effect);
    const lines = [...mergedLines(before, after), ...keyLines(effect)];
    return [{ ...box, id: ids.get(key) ?? '', lines, ...(mark !== undefined && { mark }) }];
  });
  const arrows = mergedArrows(base, head, hotKeys(effects));
  return {
    name: '',
    boxes,
    arrows: arrows.map(({ from, to, ...arrow }) => ({
      ...arrow,
      from: ids.get(from) ?? '',
      to: ids.get(to) ?? '',
    })),
  };
}

/** The boxes of a side by their objects, and the arrows between them. */
interface Drawn {
  readonly boxes: ReadonlyMap<string, Box>;
  readonly arrows: ReadonlyMap<string, Arrow>;
}

function drawn(secrets: readonly FlowSecret[]): Drawn {
  const { boxes, arrows } = chartOf({ name: '', secrets });
  const keys = new Map(boxes.map(box => [box.id, boxKey(box)]));
  const keyed = arrows.map(arrow => {
    const [from, to] = [keys.get(arrow.from) ?? '', keys.get(arrow.to) ?? ''];
    return [`${from} ${to}`, { ...arrow, from, to }] as const;
  });
  return { boxes: new Map(boxes.map(box => [boxKey(box), box])), arrows: new Map(keyed) };
}

function boxKey({ kind, namespace = '', name }: ObjectName): string {
  return JSON.stringify([kind, namespace, name]);
}

function secretKey(secret: FlowSecret | undefined): string {
  return secret === undefined ? '' : boxKey({ ...secret, kind: 'Secret' });
}

function nameOf({ kind, namespace, name }: Box): ObjectName {
  return { kind, ...(namespace !== '' && { namespace }), name };
}

/** Without the keys that come or go: they have lines of their own. */
function keptKeys({ base, head }: SecretEffect): Pick<SecretEffect, 'base' | 'head'> {
  if (base === undefined || head === undefined)
    return { ...(base !== undefined && { base }), ...(head !== undefined && { head }) };
  const keys = head.keys.filter(key => base.keys.includes(key));
  return { base: { ...base, keys }, head: { ...head, keys } };
}

function keyLines(effect: SecretEffect | undefined): Line[] {
  if (effect?.base === undefined || effect.head === undefined) return [];
  const { missingKeys } = effect.head;
  const lineOf = (text: string, mark: Mark): Line => ({ text, isMissing: false, mark });
  return [
    ...effect.addedKeys.map(key => lineOf(`+ ${key}`, 'added')),
    ...effect.removedKeys
      .filter(key => !missingKeys.includes(key))
      .map(key => lineOf(`− ${key}`, 'removed')),
  ];
}

function markOfSecret(effect: SecretEffect): Mark | undefined {
  if (effect.base === undefined) return 'added';
  if (effect.head === undefined) return 'removed';
  const { addedKeys, removedKeys, isSourceChanged } = effect;
  return isSourceChanged || addedKeys.length + removedKeys.length > 0 ? 'changed' : undefined;
}

function mergedLines(base: Box | undefined, head: Box | undefined): readonly Line[] {
  if (base === undefined || head === undefined) return (head ?? base)?.lines ?? [];
  const missing = new Set(head.lines.filter(line => line.isMissing).map(({ text }) => text));
  const texts = (box: Box): string[] => box.lines.map(({ text }) => text);
  const marked = (text: string, sign: string, mark: Mark): Line =>
    missing.has(text)
      ? { text, isMissing: true }
      : { text: `${sign} ${text}`, isMissing: false, mark };
  return lineDiff(texts(base), texts(head)).flatMap(run =>
    run.isSame
      ? run.lines.map(text => ({ text, isMissing: missing.has(text) }))
      : [
          ...run.base.map(text => marked(text, '−', 'removed')),
          ...run.head.map(text => marked(text, '+', 'added')),
        ],
  );
}

/** Secrets whose values may change, and their makers: the arrows at them carry the change. */
function hotKeys(effects: readonly SecretEffect[]): ReadonlySet<string> {
  const hot = effects.filter(({ isSourceChanged }) => isSourceChanged);
  return new Set(
    hot.flatMap(({ base, head }) => [secretKey(head ?? base), ...(head?.makers ?? []).map(boxKey)]),
  );
}

function mergedArrows(base: Drawn, head: Drawn, hot: ReadonlySet<string>): Arrow[] {
  const after = [...head.arrows].map(([key, arrow]): Arrow => {
    if (!base.arrows.has(key)) return { ...arrow, mark: 'added' };
    return hot.has(arrow.from) || hot.has(arrow.to) ? { ...arrow, mark: 'changed' } : arrow;
  });
  const gone = [...base.arrows].flatMap(([key, arrow]): Arrow[] =>
    head.arrows.has(key) ? [] : [{ ...arrow, isMissing: false, mark: 'removed' }],
  );
  return [...after, ...gone];
}
