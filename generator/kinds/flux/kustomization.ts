import type { Path } from '../../core/finding.ts';
import {
  hasText,
  isMap,
  type JsonObject,
  listAt,
  mapAt,
  textAt,
  textsIn,
} from '../../core/json.ts';
import { oncePer } from '../../core/once.ts';
import { configMap, coreSecret } from '../core/secret.ts';
import type { Applied, Substitute, VariableSource } from '../deployment-ends.ts';
import { type Find, type Kind, type PlacedObject, type Read, specOf } from '../kind.ts';
import { refRead } from '../secret-refs.ts';
import { helmRelease } from './helm-release.ts';
import { FLUX_KUSTOMIZE } from './sources.ts';

/** Whether Flux leaves an object alone that its source has no more (docs/facts/flux.md#pruning). */
export function isLeftByFlux({ json }: PlacedObject): boolean {
  return ['annotations', 'labels'].some(field =>
    LEFT.some(([setting, value]) => {
      const own = textAt(json, 'metadata', field, `${FLUX_KUSTOMIZE}/${setting}`);
      return own?.toLowerCase() === value;
    }),
  );
}

/** The annotation that keeps an object. */
export const KEEP: string = `${FLUX_KUSTOMIZE}/prune: disabled`;

/** The same as an annotation of an object. */
export const KEPT: Readonly<Record<string, string>> = { [`${FLUX_KUSTOMIZE}/prune`]: 'disabled' };

/** Has Flux make an object anew where it cannot be changed. */
export const REPLACED: Readonly<Record<string, string>> = {
  [`${FLUX_KUSTOMIZE}/force`]: 'enabled',
};

const LEFT = [
  ['prune', 'disabled'],
  ['reconcile', 'disabled'],
  ['ssa', 'ignore'],
] as const;

/** Whether a Kustomization deletes what its source has no more (docs/facts/flux.md#pruning). */
export function isPruning(object: PlacedObject): boolean {
  return specOf(object)['prune'] === true;
}

/** Whether it looks after nothing until somebody resumes it. */
export function isSuspended(object: PlacedObject): boolean {
  return specOf(object)['suspend'] === true;
}

/** Whether a Kustomization that is deleted deletes what it applied (docs/facts/flux.md#pruning). */
export function isDeletingAll(object: PlacedObject): boolean {
  const policy = textAt(specOf(object), 'deletionPolicy') ?? 'MirrorPrune';
  if (isSuspended(object)) return false;
  return policy === 'MirrorPrune' ? isPruning(object) : policy !== 'Orphan';
}

/**
 * `${` and what Flux cannot read behind it: no name, or a name that goes on with what is none of its
 * forms (docs/facts/flux.md#variables). `$${` is left as it is.
 */
const UNREADABLE = /(?<!\$)\$\{(?!#?[\p{L}\p{N}_]{1,200}[:=,^/#%}])[^}\n]{0,60}\}?/u;

/** What reads as the name of a variable. */
const NAMELIKE = /^\$\{[\w.-]{1,40}\}$/;

/** The beginning, up to what is none of a name. */
const BEGINNING = /^\$\{#?\w{0,40}./;

/** A text of an object that keeps Flux from filling it in. */
interface Unfillable {
  readonly path: Path;
  /** What Flux fails at, as far as it may be shown. */
  readonly text: string;
}

/** The texts of an object that Flux would fail at; the first of each. */
export function unfillableTexts(object: PlacedObject): Unfillable[] {
  if (isLeftAsWritten(object)) return [];
  return textsIn(object.json, []).flatMap(({ path, text }) => {
    const [found] = (text.includes('${') && UNREADABLE.exec(text)) || [];
    return found === undefined ? [] : [{ path, text: shownText(found, object) }];
  });
}

/** Of what may be somebody's password or script no more is shown than is of use. */
function shownText(found: string, { known }: PlacedObject): string {
  if (known === coreSecret) return '${…';
  return NAMELIKE.test(found) ? found : `${BEGINNING.exec(found)?.[0] ?? '${'}…`;
}

/** Whether a Kustomization has variables for sure: without any Flux looks at no text. */
export function isFilling(kustomization: PlacedObject, find: Find): boolean {
  const isThere = ({ kind, name, isOptional }: VariableSource): boolean =>
    !isOptional ||
    [configMap, coreSecret].some(
      one => one.kind === kind && find(one, kustomization.namespace, name) !== undefined,
    );
  return appliedByKustomization(kustomization).some(
    ({ substitute: { values = {}, from = [] } = {} }) =>
      Object.keys(values).length > 0 || from.some(isThere),
  );
}

/** The sides of a review have most objects in common. */
const hasVariable = oncePer((json: object) => hasText(json, text => text.includes('${')));

/** `${VAR}` without a default. */
const VARIABLE = /\$\{([A-Za-z_]\w{0,200})\}/g;

/** Where programs have variables of their own in the same form, or people write `$${VAR}` for them. */
const PROGRAMS = new Set(['data', 'stringData', 'command', 'args', 'value', 'script', 'query']);

/**
 * The variables of Flux that still stand in an object, which nothing that was read gives a value
 * (docs/facts/flux.md#variables). Those that may be a program's own do not count. `by`: what applies it,
 * where that is known.
 */
export function unfilledVariables(object: PlacedObject, by: PlacedObject | undefined): string[] {
  const applied = by?.known?.applies?.folders?.(by) ?? [];
  const isFilled = by === undefined || applied.some(({ substitute }) => substitute !== undefined);
  if (isLeftAsWritten(object) || !isFilled) return [];
  if (!hasVariable(object.json)) return [];
  return textsIn(object.json, [])
    .filter(({ path }) => !path.some(step => PROGRAMS.has(String(step))))
    .flatMap(({ text }) => [...text.matchAll(VARIABLE)].flatMap(([, name = []]) => name));
}

/** The folder that a Kustomization has applied (docs/facts/flux.md#what-is-applied). */
export function appliedByKustomization(object: PlacedObject): Applied[] {
  const spec = specOf(object);
  const { name = '', kind = '', namespace = object.namespace } = texts(mapAt(spec, 'sourceRef'));
  if (name === '') return [];
  const target = textAt(spec, 'targetNamespace');
  const cluster = textAt(spec, 'kubeConfig', 'secretRef', 'name');
  return [
    {
      path: textAt(spec, 'path') ?? '',
      at: ['spec', 'path'],
      reads: { isRecursive: true },
      isUnrestricted: true,
      overlay: overlayOf(spec),
      ...(isMap(spec['commonMetadata']) && { metadata: metadataOf(spec) }),
      ...(target !== undefined && { namespace: target, isForced: true }),
      ...(isMap(spec['postBuild']) && { substitute: substituteOf(mapAt(spec, 'postBuild')) }),
      ...(cluster !== undefined && { cluster }),
      source: { kind, name, namespace },
    },
  ];
}

/** Whether a Kustomization's own patches delete an object of its folder, as far as group and kind tell. */
export function isTakenAway(kustomization: PlacedObject, { group, kind }: PlacedObject): boolean {
  return listAt(specOf(kustomization), 'patches').some(entry => {
    const target = mapAt(entry, 'target');
    const isByKind = Object.keys(target).every(field => field === 'group' || field === 'kind');
    return (
      isByKind &&
      textAt(entry, 'patch')?.includes('$patch: delete') === true &&
      isFit(group, textAt(target, 'group')) &&
      isFit(kind, textAt(target, 'kind'))
    );
  });
}

/** kustomize takes what a target says for a regular expression, of the whole name. */
function isFit(name: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return wanted.split('|').some(one => one.replaceAll('\\.', '.') === name);
}

/** Whether the variables in an object are left as they are written (docs/facts/flux.md#variables). */
export function isLeftAsWritten({ json }: PlacedObject): boolean {
  return ['annotations', 'labels'].some(
    field => textAt(json, 'metadata', field, SUBSTITUTE) === 'disabled',
  );
}

const SUBSTITUTE = `${FLUX_KUSTOMIZE}/substitute`;

/** The annotation that has an object left as it is written. */
export const AS_WRITTEN: string = `${SUBSTITUTE}: disabled`;

function texts(map: JsonObject): { readonly [field: string]: string | undefined } {
  return Object.fromEntries(
    Object.entries(map).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value]] : [],
    ),
  );
}

/** What of it stands in a kustomization under the same name. */
const SAME = [
  'namePrefix',
  'nameSuffix',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'images',
  'components',
];

function overlayOf(spec: JsonObject): JsonObject {
  const same = SAME.flatMap(field => (spec[field] === undefined ? [] : [[field, spec[field]]]));
  return Object.fromEntries(same);
}

function metadataOf(spec: JsonObject): NonNullable<Applied['metadata']> {
  const { labels, annotations } = mapAt(spec, 'commonMetadata');
  return { ...(isMap(labels) && { labels }), ...(isMap(annotations) && { annotations }) };
}

function substituteOf(postBuild: JsonObject): Substitute {
  return {
    values: mapAt(postBuild, 'substitute'),
    from: listAt(postBuild, 'substituteFrom').map(entry => ({
      kind: textAt(entry, 'kind') ?? '',
      name: textAt(entry, 'name') ?? '',
      ...(mapAt(entry)['optional'] === true && { isOptional: true }),
    })),
  };
}

/** A folder that Flux applies (docs/facts/flux.md#kustomizations). */
export const fluxKustomization: Kind = {
  group: FLUX_KUSTOMIZE,
  kind: 'Kustomization',
  displayName: 'Flux Kustomization',
  applies: { folders: appliedByKustomization },
  reads: kustomizationReads,
  /** The key to what is encrypted in Git cannot lie there, nor what it fills in before it applies anything. */
  secrets: { byHand: object => kustomizationReads(object).map(({ secret }) => secret) },
};

function kustomizationReads(object: PlacedObject): Read[] {
  const own = ['decryption', 'kubeConfig'].flatMap(field =>
    refRead(mapAt(specOf(object), field)['secretRef'], {
      path: ['spec', field, 'secretRef'],
      how: 'ref',
    }),
  );
  const filledIn = listAt(specOf(object), 'postBuild', 'substituteFrom').flatMap((source, index) =>
    textAt(source, 'kind') === 'Secret'
      ? refRead(source, { path: ['spec', 'postBuild', 'substituteFrom', index], how: 'ref' })
      : [],
  );
  return [...own, ...filledIn];
}

/** The kinds that wait for others of their own kind (docs/facts/flux.md#dependencies). */
export const WAITING: readonly Kind[] = [fluxKustomization, helmRelease];

/** Another that an object waits for, and the field that names it. */
interface Dependency {
  readonly namespace: string;
  readonly name: string;
  readonly path: Path;
}

/** What an object waits for: of its own namespace, where no other is named. */
export function dependenciesOf(object: PlacedObject): Dependency[] {
  return listAt(specOf(object), 'dependsOn').flatMap((entry, index) => {
    const name = textAt(entry, 'name');
    // What Flux is set up with is made by its bootstrap, or by its operator.
    if (name === undefined || name === 'flux-system') return [];
    const namespace = textAt(entry, 'namespace') ?? object.namespace;
    return [{ namespace, name, path: ['spec', 'dependsOn', index, 'name'] }];
  });
}
