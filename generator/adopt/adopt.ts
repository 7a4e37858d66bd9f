import type { Fault, Outcome } from '../ground/finding.ts';
import { isSame, type Json, type JsonObject, mapAt } from '../ground/json.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import { deploymentOf } from './deployers/deployment.ts';
import { type DeployerTree, type Deployment, withoutFolders } from './deployers/tree.ts';
import type { Draft } from './draft.ts';
import { mergedSpecs } from './environments.ts';
import { type Proof, type Proven, prove } from './proof.ts';
import { type CommentsOf, remarksOf } from './remarks.ts';
import { search } from './search.ts';
import { joinedClusters, sharedStores, unpatched } from './shared-clusters.ts';
import { documentOf, specOfDraft } from './spec-of-draft.ts';
import { specText } from './spec-text.ts';
import type { Wanted } from './wanted.ts';

/** A spec for what is there, and what it makes of it. */
export interface Adoption extends Proven {
  readonly text: string;
  readonly drafts: readonly Draft[];
  /** What applies the environments. */
  readonly tree: DeployerTree;
  /** The folders of it that would have come out otherwise, and are not made. */
  readonly undone: readonly Proof[];
  /** The cluster of each environment that shares one, or is not called like it. */
  readonly clusterOf: Deployment['clusterOf'];
  /** What is wrong with the spec itself: then there is no proof. */
  readonly faults: readonly Fault[];
}

/** What a spec is made with, beside what it is to make. */
interface Means {
  readonly name: string;
  /** What applies the environments. */
  readonly tree: DeployerTree;
  readonly commentsOf: CommentsOf;
  readonly validators: Validators;
}

/**
 * Manifests → the shortest spec found that makes them, and the proof: of several specs the shortest that
 * holds. How they are applied, and what of them belongs to a cluster that several share, is said only where just
 * that comes of it.
 */
export function adopt(all: readonly Wanted[], means: Means): Adoption {
  const { all: own, clusterOf } = joinedClusters(all);
  const whole = deploymentOf(means.tree, own, clusterOf);
  let found = adoptAs({ deployment: whole, own, all }, means);
  const { argocd: _, flux: __, ...ofNobody } = whole.sections;
  const undone = found.deployers.filter(({ changes }) => changes.length > 0);
  const less: Ideas[] = [
    { deployment: withoutFolders(whole, undone), own, all },
    { deployment: { sections: ofNobody, clusterOf }, own, all },
    { deployment: { sections: ofNobody, clusterOf: new Map() }, own: all, all },
  ];
  let before: Ideas = { deployment: whole, own, all };
  for (const ideas of less) {
    if (isHeld(found)) break;
    if (isSame(known(ideas), known(before))) continue;
    found = adoptAs(ideas, means);
    before = ideas;
  }
  return { ...found, tree: means.tree, undone };
}

/** What is thought of the manifests, until the proof shows that it is not so. */
interface Ideas {
  readonly deployment: Deployment;
  /** The environments, with what they share. */
  readonly own: readonly Wanted[];
  readonly all: readonly Wanted[];
}

function known({ deployment, own }: Ideas): unknown {
  return [deployment.sections, [...deployment.clusterOf], own.length];
}

function adoptAs({ deployment, own, all }: Ideas, means: Means): Omit<Adoption, 'tree' | 'undone'> {
  const { name, tree, commentsOf, validators } = means;
  const { sections, clusterOf } = deployment;
  const { drafts, choices } = search(own, name, sections, validators);
  const merged = mergedSpecs(drafts.map(draft => ({ draft, spec: specOfDraft(draft, choices) })));
  const shared = sharedStores(own, all);
  const specs = shared.length === 0 ? merged : merged.flatMap(one => [unpatched(one, shared), one]);
  const { text, proof } = firstRight(
    specs.map(spec => {
      const document = documentOf(
        choices.name,
        inOrder({ ...inClusters(spec, clusterOf), ...sections }),
      );
      return specText(document, remarksOf(document, drafts, commentsOf));
    }),
    text => prove(text, all, tree.folders, validators),
  );
  const { proofs = [], deployers = [] } = proof.value ?? {};
  return { text, drafts, proofs, deployers, clusterOf, faults: proof.faults };
}

interface Tried {
  readonly text: string;
  readonly proof: Outcome<Proven>;
}

/** The first text whose proof holds, or else the first that has one. */
function firstRight(texts: readonly string[], proofOf: (text: string) => Tried['proof']): Tried {
  let best: Tried | undefined;
  for (const text of texts) {
    const proof = proofOf(text);
    if (proof.value !== undefined && isHeld(proof.value)) return { text, proof };
    if (best?.proof.value === undefined) best = { text, proof };
  }
  return best ?? { text: '', proof: { faults: [] } };
}

/** Whether there is a proof, and no difference. */
function isHeld({ proofs, deployers }: Proven): boolean {
  return (
    proofs.length > 0 && [...proofs, ...deployers].every(({ changes }) => changes.length === 0)
  );
}

/** A spec whose environments name their clusters. */
function inClusters(spec: JsonObject, clusterOf: Deployment['clusterOf']): JsonObject {
  const environments = Object.entries(mapAt(spec, 'environments')).map(
    ([name, change]): [string, Json] => {
      const cluster = clusterOf.get(name);
      return [name, cluster === undefined ? change : { cluster, ...mapAt(change) }];
    },
  );
  if (environments.length > 0) return { ...spec, environments: Object.fromEntries(environments) };
  const [cluster] = clusterOf.values();
  return cluster === undefined ? spec : { cluster, ...spec };
}

/** The fields of a spec as a reader expects them. */
const FIELDS = [
  'namespace',
  'cluster',
  'omit',
  'stores',
  'databases',
  'secrets',
  'workloads',
  'resources',
  'iam',
  'argocd',
  'flux',
  'environments',
];

function inOrder(spec: JsonObject): JsonObject {
  const known = FIELDS.filter(field => Object.hasOwn(spec, field));
  return Object.fromEntries(known.map((field): [string, Json] => [field, spec[field] ?? null]));
}
