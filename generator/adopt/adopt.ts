import type { Fault, Outcome } from '../ground/finding.ts';
import type { Json, JsonObject } from '../ground/json.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import type { Draft } from './draft.ts';
import { mergedSpecs } from './environments.ts';
import { type Proof, prove } from './proof.ts';
import { search } from './search.ts';
import { documentOf, specOfDraft } from './spec-of-draft.ts';
import { specText } from './spec-text.ts';
import type { Wanted } from './wanted.ts';

/** A spec for what is there, and what it makes of it. */
export interface Adoption {
  readonly text: string;
  readonly drafts: readonly Draft[];
  readonly proofs: readonly Proof[];
  /** What is wrong with the spec itself: then there is no proof. */
  readonly faults: readonly Fault[];
}

/**
 * Manifests → the shortest spec found that makes them, and the proof: of several specs the shortest that
 * holds.
 */
export function adopt(all: readonly Wanted[], name: string, validators: Validators): Adoption {
  const { drafts, choices } = search(all, name, validators);
  const specs = mergedSpecs(drafts.map(draft => ({ draft, spec: specOfDraft(draft, choices) })));
  const { text, proof } = firstRight(
    specs.map(spec => specText(documentOf(choices.name, inOrder(spec)), NO_REMARKS)),
    text => prove(text, all, validators),
  );
  return { text, drafts, proofs: proof.value ?? [], faults: proof.faults };
}

interface Tried {
  readonly text: string;
  readonly proof: Outcome<readonly Proof[]>;
}

/** The first text whose proof holds, or else the first that has one. */
function firstRight(texts: readonly string[], proofOf: (text: string) => Tried['proof']): Tried {
  let best: Tried | undefined;
  for (const text of texts) {
    const proof = proofOf(text);
    if (isRight(proof)) return { text, proof };
    if (best?.proof.value === undefined) best = { text, proof };
  }
  return best ?? { text: '', proof: { faults: [] } };
}

const NO_REMARKS = { before: new Map(), behind: new Map() };

function isRight({ value }: Outcome<readonly Proof[]>): boolean {
  return value?.every(({ changes }) => changes.length === 0) === true;
}

/** The fields of a spec as a reader expects them. */
const FIELDS = [
  'namespace',
  'omit',
  'stores',
  'databases',
  'secrets',
  'workloads',
  'resources',
  'environments',
];

function inOrder(spec: JsonObject): JsonObject {
  const known = FIELDS.filter(field => Object.hasOwn(spec, field));
  return Object.fromEntries(known.map((field): [string, Json] => [field, spec[field] ?? null]));
}
