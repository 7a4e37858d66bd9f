import type { ObjectName } from '../../ground/finding.ts';
import { wrap } from '../table-text.ts';
import type { Flow, FlowMaker, FlowReader, FlowSecret } from './flow.ts';

/** How many characters of keys stand in a line. */
const WIDTH = 34;

/** A flow as boxes and arrows. */
export interface Chart {
  readonly name: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** An object, or a Secret. */
export interface Box {
  /** A letter and a number: safe in any notation. */
  readonly id: string;
  readonly role: Role;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** What else it says: keys of a Secret, remote keys of an ExternalSecret. */
  readonly lines: readonly Line[];
  readonly isMissing: boolean;
  readonly mark?: Mark;
}

export interface Line {
  readonly text: string;
  readonly isMissing: boolean;
  readonly mark?: Mark;
}

/** What a change does to a part of a chart; the chart of one set of manifests has no marks. */
export type Mark = 'added' | 'removed' | 'changed';

/** The columns from left to right. */
export type Role = 'store' | 'maker' | 'secret' | 'reader';

/** From where a value comes to where it goes. */
export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** How it is read. */
  readonly label: string;
  readonly isMissing: boolean;
  readonly mark?: Mark;
}

/** The boxes and arrows of a flow. `prefix` keeps the ids of several charts apart. */
export function chartOf({ name, secrets }: Flow, prefix = 'n'): Chart {
  const drawn: Drawing = { prefix, boxes: new Map(), arrows: new Map() };
  for (const secret of secrets) drawSecret(drawn, secret);
  return { name, boxes: [...drawn.boxes.values()], arrows: [...drawn.arrows.values()] };
}

interface Drawing {
  readonly prefix: string;
  readonly boxes: Map<string, Box>;
  readonly arrows: Map<string, Arrow>;
}

function drawSecret(drawn: Drawing, secret: FlowSecret): void {
  const { namespace, name, state, makers, readers } = secret;
  const isMissing = state === 'missing';
  const lines = secretLines(secret);
  const target = drawBox(
    drawn,
    'secret',
    { kind: 'Secret', namespace, name },
    { lines, isMissing },
  );
  for (const maker of makers) {
    if (maker.kind === 'Secret') continue; // A plain Secret makes itself.
    const more =
      maker.sources.length > 0 ? ({ role: 'maker', lines: makerLines(maker) } as const) : {};
    const from = drawBox(drawn, 'maker', maker, more);
    for (const source of maker.sources) drawArrow(drawn, drawBox(drawn, 'store', source), from);
    drawArrow(drawn, from, target);
  }
  for (const reader of readers) {
    const label = reader.how.join(', ');
    const isBroken = isMissing || lacksKey(reader, secret);
    drawArrow(drawn, target, drawBox(drawn, 'reader', reader), label, isBroken);
  }
}

/** The id of an object's box; it is drawn where it was first met, and may learn more later. */
function drawBox(
  { prefix, boxes }: Drawing,
  role: Role,
  { kind, namespace = '', name }: ObjectName,
  more: Partial<Box> = {},
): string {
  const key = JSON.stringify([kind, namespace, name]);
  const id = `${prefix}${boxes.size}`;
  const before = boxes.get(key);
  const box = before ?? { id, role, kind, namespace, name, lines: [], isMissing: false };
  boxes.set(key, { ...box, ...more });
  return box.id;
}

function drawArrow(
  { arrows }: Drawing,
  from: string,
  to: string,
  label = '',
  isMissing = false,
): void {
  arrows.set(`${from} ${to}`, { from, to, label, isMissing });
}

function lacksKey({ keys = [] }: FlowReader, { missingKeys }: FlowSecret): boolean {
  return keys.some(key => missingKeys.includes(key));
}

function secretLines({ state, keys, isOpen, missingKeys }: FlowSecret): Line[] {
  const notes = {
    made: [],
    missing: ['nothing makes it'],
    outside: ['from outside'],
    optional: ['nothing makes it, all can do without'],
  };
  const more = isOpen ? ['…'] : [];
  return [
    ...notes[state].map(text => ({ text, isMissing: state === 'missing' })),
    ...wrap([...keys, ...more], WIDTH).map(text => ({ text, isMissing: false })),
    ...missingKeys.map(key => ({ text: `${key} (missing)`, isMissing: true })),
  ];
}

function makerLines({ refresh, sources }: FlowMaker): Line[] {
  const keys = sources.flatMap(({ remoteKeys }) => remoteKeys);
  const lines = refresh === undefined ? keys : [...keys, `refresh: ${refresh}`];
  return lines.map(text => ({ text, isMissing: false }));
}
