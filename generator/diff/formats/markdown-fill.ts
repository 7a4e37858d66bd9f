import type { ObjectName, Place } from '../../core/finding.ts';
import { code } from '../../report/markdown.ts';
import { placeText, shortened } from '../../report/text.ts';
import { objectText } from '../unread.ts';

/** A part of a page that is there whole or not at all. */
export interface Unit {
  readonly text: string;
  /** The same with its details. */
  readonly full?: string;
  /** How many it stands for; absent: one. */
  readonly count?: number;
}

export interface Section {
  /** What its units and their details are called where some are left out. */
  readonly noun: string;
  readonly details?: string;
  readonly before: string;
  readonly units: readonly Unit[];
  readonly after: string;
}

/** Whether the units of a section come next, or their details. */
export interface Step {
  readonly section: Section;
  readonly isDetails?: boolean;
}

/** What is on the page: each section's text, and how much of which kind is left out. */
export interface Filled {
  readonly textOf: (section: Section) => string;
  readonly left: readonly { readonly noun: string; readonly count: number }[];
}

/**
 * Fills a page of so many characters, the most important first. Where something of a step does not
 * fit, nothing of the steps after it is taken.
 */
export function fill(steps: readonly Step[], room: number): Filled {
  const taken = new Map<Section, Taken>(steps.map(({ section }) => [section, new Map()]));
  const left: Filled['left'][number][] = [];
  let rest = room;
  for (const { section, isDetails = false } of steps) {
    const own = taken.get(section) ?? new Map();
    const wanted = isDetails ? detailsOf(section, own) : textsOf(section);
    const missing = wanted.filter(([index, text]) => {
      const cost = text.length - (own.get(index)?.length ?? 0) + frameOf(section, own);
      if (left.length > 0 || cost > rest) return true;
      own.set(index, text);
      rest -= cost;
      return false;
    });
    const noun = isDetails ? (section.details ?? '') : section.noun;
    const count = missing.reduce((sum, [index]) => sum + (section.units[index]?.count ?? 1), 0);
    if (missing.length > 0) left.push({ noun, count });
  }
  return { textOf: section => render(section, taken.get(section)), left };
}

/** The texts on the page, by the index of their unit. */
type Taken = Map<number, string>;

/** What the first unit brings with it. */
function frameOf({ before, after }: Section, taken: Taken): number {
  return taken.size === 0 ? before.length + after.length : 0;
}

function textsOf({ units }: Section): [number, string][] {
  return units.map(({ text }, index) => [index, text]);
}

/** Details of what is not on the page are not asked for. */
function detailsOf({ units }: Section, taken: Taken): [number, string][] {
  return units.flatMap(({ full }, index): [number, string][] =>
    full === undefined || !taken.has(index) ? [] : [[index, full]],
  );
}

function render({ before, after }: Section, taken: Taken = new Map()): string {
  if (taken.size === 0) return '';
  const texts = [...taken].sort(([a], [b]) => a - b).map(([, text]) => text);
  return `${before}${texts.join('')}${after}`;
}

/** `Deployment shop/web`. */
export function objectCode(object: ObjectName): string {
  return code(objectText(object));
}

/** `rem-secrets.yaml:12:3`. */
export function placeCode(place: Place): string {
  return code(placeText(place));
}

/** ` (dev, prod)`; nothing where manifests belong to no environment. */
export function inEnvironments(environments: readonly string[]): string {
  const names = environments.filter(name => name !== '').map(name => code(name));
  return names.length === 0 ? '' : ` (${shortened(names).join(', ')})`;
}

/** A heading that opens, and its content, which is closed at first. */
export function closed(title: string): { readonly before: string; readonly after: string } {
  return {
    before: `<details><summary>${title}</summary>\n\n`,
    after: '\n</details>\n\n',
  };
}
