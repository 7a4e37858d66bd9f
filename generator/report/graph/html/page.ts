import { groupBy } from '../../../ground/group-by.ts';
import { chartOf } from '../chart.ts';
import type { Flow, FlowSecret } from '../flow.ts';
import { type LayoutOf, renderChart } from '../svg.ts';
import { arrowHead } from '../svg-arrows.ts';

/** What the templates show; names may be shown as they are, and nothing is escaped yet. */
export interface Page {
  readonly secrets: number;
  /** Of those, how many nothing makes though they are read, or lack a key. */
  readonly missing: number;
  readonly flows: readonly FlowSection[];
  readonly arrowHeads: string;
}

/** An environment, or the cluster that a world is. */
interface FlowSection {
  readonly name: string;
  readonly namespaces: readonly {
    readonly name: string;
    readonly missing: number;
    readonly secrets: readonly SecretChart[];
  }[];
}

/** A Secret with all that makes it and reads it, drawn. */
interface SecretChart {
  readonly name: string;
  /** In words: `3 keys, 2 readers`. */
  readonly summary: string;
  readonly isMissing: boolean;
  /** Every name in it, in small letters: what the search looks at. */
  readonly words: string;
  /** What goes inside of an `<svg>`. */
  readonly image: string;
  readonly width: number;
  readonly height: number;
}

/** The flows of a world as the page shows them: by environment, by namespace, by Secret. */
export function pageOf(flows: readonly Flow[], layoutOf: LayoutOf): Page {
  const all = flows.flatMap(({ secrets }) => secrets);
  return {
    secrets: all.length,
    missing: all.filter(isMissing).length,
    flows: flows.map(({ name, secrets }) => ({
      name,
      namespaces: [...groupBy(secrets, ({ namespace }) => namespace)].map(([namespace, own]) => ({
        name: namespace,
        missing: own.filter(isMissing).length,
        secrets: own.map(secret => secretChart(secret, layoutOf)),
      })),
    })),
    arrowHeads: ['good', 'bad'].map(arrowHead).join(''),
  };
}

/** Nothing makes it and it is read, or it lacks a key that is. */
function isMissing({ state, missingKeys }: FlowSecret): boolean {
  return state === 'missing' || missingKeys.length > 0;
}

function secretChart(secret: FlowSecret, layoutOf: LayoutOf): SecretChart {
  const { text, width, height } = renderChart(chartOf({ name: '', secrets: [secret] }), layoutOf);
  return {
    name: secret.name,
    summary: summaryOf(secret),
    isMissing: isMissing(secret),
    words: [...new Set(wordsOf(secret))].join(' ').toLowerCase(),
    image: text,
    width: Math.ceil(width) + 2,
    height: Math.ceil(height) + 2,
  };
}

const STATES: Readonly<Record<FlowSecret['state'], string>> = {
  made: '',
  outside: 'from outside',
  missing: 'nothing makes it',
  optional: 'nothing makes it, all can do without',
};

function summaryOf({ state, keys, isOpen, missingKeys, readers }: FlowSecret): string {
  const lacks = missingKeys.length === 0 ? [] : [`lacks ${missingKeys.join(', ')}`];
  const count = isOpen ? [] : [keys.length === 1 ? '1 key' : `${keys.length} keys`];
  const read = readers.length === 0 ? 'read by nothing' : `read by ${readers.length}`;
  const made = state === 'made' ? count : [STATES[state]];
  return [...made, ...lacks, read].join(', ');
}

function wordsOf({ namespace, name, keys, missingKeys, makers, readers }: FlowSecret): string[] {
  const sources = makers.flatMap(maker => maker.sources);
  const objects = [...makers, ...readers, ...sources];
  return [
    namespace,
    name,
    ...keys,
    ...missingKeys,
    ...objects.flatMap(object => [object.kind, object.name]),
    ...sources.flatMap(({ remoteKeys }) => remoteKeys),
  ];
}
