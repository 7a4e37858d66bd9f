import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import type { KubeObject } from '../../../generator/core/kube-object.ts';
import type { LinkName } from '../../../generator/doctor/diagnosis.ts';
import type { HandMade } from '../sets.ts';

/** What is done to the objects of a stack: one is taken away, some come, and fields of the first of a kind are set. */
interface Change {
  readonly remove?: string;
  readonly add?: readonly KubeObject[];
  /** By kind and path, in words; null takes a field away. */
  readonly set?: Readonly<Record<string, unknown>>;
}

/** One thing that is broken in a stack, and what doctor has to say of it first. */
interface BrokenCase {
  /** Changes what Git says, and the cluster has. */
  readonly wrong?: Change;
  /** Changes what the cluster has, and Git does not say. */
  readonly drifted?: Change;
  /** What is done when all is applied and well (deploy-cases.ts). */
  readonly later?: 'madeAnew' | 'rotated';
  readonly byHand?: readonly Omit<HandMade, 'namespace'>[];
  /** What is in Parameter Store, by name; whatever the value is, nobody sees it. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The Secret that gets stuck; by default `api`. */
  readonly secret?: string;
  /** Another one that is rightly told, as what the first is made of. */
  readonly also?: string;
  readonly link: LinkName;
  /** What the message or the evidence says. */
  readonly words: string;
}

interface Written {
  readonly stack: readonly KubeObject[];
  readonly cases: Readonly<Record<string, BrokenCase>>;
}

const text = readFileSync(join(import.meta.dirname, 'broken-cases.yaml'), 'utf8');

/** Read anew each time: a change writes into it. */
function writtenFor(namespace: string): Written {
  const schema = CORE_SCHEMA.withTags(mergeTag);
  return load(text.replaceAll('NAMESPACE', namespace), { schema }) as Written;
}

/** What is broken in the cluster, each in a namespace of its own. */
export const brokenCases: Written['cases'] = writtenFor('').cases;

export function namespaceOf(name: string): string {
  return `doctor-${name}`;
}

/** What Git says of the stack of a case, or of one that is well; or what the cluster has. */
export function manifestsOf(name: string, isDrifted: boolean = false): readonly KubeObject[] {
  const { stack, cases } = writtenFor(namespaceOf(name));
  const { wrong = {}, drifted = {} } = cases[name] ?? {};
  return (isDrifted ? [wrong, drifted] : [wrong]).reduce(changed, stack);
}

function changed(objects: readonly KubeObject[], { remove, add = [], set = {} }: Change) {
  const all = [...objects, ...structuredClone(add)].filter(({ kind }) => kind !== remove);
  for (const [place, value] of Object.entries(set)) {
    const [kind, ...path] = place.split(' ');
    const found = all.find(object => object.kind === kind);
    if (found === undefined) throw new Error(`the stack has no ${kind}`);
    const last = path.pop() ?? '';
    const holder = path.reduce<object>((at, step) => Reflect.get(at, step), found);
    Reflect.set(holder, last, value ?? undefined);
  }
  return all;
}
