import {
  fieldsOf,
  hasText,
  isMap,
  type JsonObject,
  listAt,
  mapAt,
  mapsAt,
  scalarText,
  textAt,
  textsIn,
  textsUnder,
  withoutUsual,
  words,
} from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { oncePer } from '../../core/once.ts';
import { configMap, coreSecret } from '../core/secret.ts';
import type { AppliedFolder, SourceName, Substitute, VariableSource } from '../facets.ts';
import { type Find, type Kind, type PlacedObject, type Read, specOf } from '../kind.ts';
import { refRead, specFields } from '../secret-refs.ts';
import { FLUX_EXTENSIONS, FLUX_KUSTOMIZE, FLUX_OPERATOR, SOURCES } from './sources.ts';

const loginReads = specFields('ref', { 'decryption.secretRef': [], 'kubeConfig.secretRef': [] });

/** A folder that Flux applies (docs/facts/flux.md#kustomizations). */
export const fluxKustomization: Kind = {
  group: FLUX_KUSTOMIZE,
  kind: 'Kustomization',
  displayName: 'Flux Kustomization',
  applies: { folders: appliedByKustomization },
  reads: kustomizationReads,
  changes: {
    origins: () => ['path', 'sourceRef'].map(field => ['spec', field]),
    normalForm: withoutOwnNamespace,
  },
  /** The key that decrypts its files cannot be one of them, nor can the variables that it fills in first. */
  secrets: { byHand: kustomizationReads, beforeAll: loginReads },
};

/** Without the namespace of its source and of what it waits for where that is its own, as it is by default. */
function withoutOwnNamespace(object: JsonObject): JsonObject {
  const namespace = textAt(object, 'metadata', 'namespace') ?? '';
  return withoutUsual({ spec: { sourceRef: { namespace }, dependsOn: [{ namespace }] } })(object);
}

function kustomizationReads(object: PlacedObject): Read[] {
  const filledIn = mapsAt(specOf(object), ['spec'], 'postBuild', 'substituteFrom')
    .filter(({ map }) => map['kind'] === 'Secret')
    .flatMap(({ map, path }) => refRead(map, { path, how: 'ref' }));
  return [...loginReads(object), ...filledIn];
}

/** The folder that a Kustomization has applied (docs/facts/flux.md#what-is-applied). */
export function appliedByKustomization(object: PlacedObject): AppliedFolder[] {
  const spec = specOf(object);
  const { sourceRef, postBuild } = spec;
  const [name, kind = '', home] = textsUnder(sourceRef, 'name', 'kind', 'namespace');
  if (!name) return [];
  const target = textAt(spec, 'targetNamespace');
  return [
    {
      path: textAt(spec, 'path') ?? '',
      at: ['spec', 'path'],
      reads: { isRecursive: true },
      tool: 'kustomize',
      isUnrestricted: true,
      isLenient: spec['ignoreMissingComponents'] === true,
      overlay: fieldsOf(spec, SAME),
      metadata: isMap(spec['commonMetadata']) ? metadataOf(spec) : undefined,
      namespace: target,
      isForced: target !== undefined,
      substitute: isMap(postBuild) ? substituteOf(postBuild) : undefined,
      cluster: textAt(spec, 'kubeConfig', 'secretRef', 'name'),
      source: { kind, name, namespace: home ?? object.namespace },
    },
  ];
}

/** Fields that have the same name in a kustomization. */
const SAME = words(
  'namePrefix nameSuffix patches patchesStrategicMerge patchesJson6902 images components',
);

function metadataOf(spec: JsonObject): NonNullable<AppliedFolder['metadata']> {
  const { labels, annotations } = mapAt(spec, 'commonMetadata');
  return { ...(isMap(labels) && { labels }), ...(isMap(annotations) && { annotations }) };
}

function substituteOf(postBuild: JsonObject): Substitute {
  return {
    values: mapAt(postBuild, 'substitute'),
    from: listAt(postBuild, 'substituteFrom').map(entry => {
      const [kind = '', name = ''] = textsUnder(entry, 'kind', 'name');
      return { kind, name, ...(mapAt(entry)['optional'] === true && { isOptional: true }) };
    }),
  };
}

/** Whether a Kustomization deletes what is removed from its source (docs/facts/flux.md#pruning). */
export function isPruning(object: PlacedObject): boolean {
  return specOf(object)['prune'] === true;
}

/** Whether it applies nothing until somebody resumes it. */
export function isSuspended(object: PlacedObject): boolean {
  return specOf(object)['suspend'] === true;
}

/** Whether a Kustomization that is deleted deletes what it applied (docs/facts/flux.md#pruning). */
export function isDeletingAll(object: PlacedObject): boolean {
  const policy = textAt(specOf(object), 'deletionPolicy') ?? 'MirrorPrune';
  if (isSuspended(object)) return false;
  return policy === 'MirrorPrune' ? isPruning(object) : policy !== 'Orphan';
}

/** Whether a patch of a Kustomization deletes an object of its folder, judged by group and kind. */
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

/** A target of kustomize is a regular expression for the whole name. */
function isFit(name: string, pattern: string | undefined): boolean {
  if (pattern === undefined) return true;
  return pattern.split('|').some(alternative => alternative.replaceAll('\\.', '.') === name);
}

/** The annotation that keeps an object. */
export const KEEP: string = `${FLUX_KUSTOMIZE}/prune: disabled`;
export const KEPT: Readonly<Record<string, string>> = { [`${FLUX_KUSTOMIZE}/prune`]: 'disabled' };

/** The annotation that has Flux delete and create an object that cannot be updated. */
export const REPLACED: Readonly<Record<string, string>> = {
  [`${FLUX_KUSTOMIZE}/force`]: 'enabled',
};

const LEFT = { prune: 'disabled', reconcile: 'disabled', ssa: 'ignore' };

/** Whether Flux keeps an object that was removed from its source (docs/facts/flux.md#pruning). */
export function isLeftByFlux(object: PlacedObject): boolean {
  return Object.entries(LEFT).some(([setting, value]) => hasSetting(object, setting, value));
}

/** Whether Flux deletes an object that cannot be updated, and makes it anew (docs/facts/flux.md#pruning). */
export function isForcedByFlux(object: PlacedObject, kustomization: PlacedObject): boolean {
  return specOf(kustomization)['force'] === true || hasSetting(object, 'force', 'enabled');
}

function hasSetting({ json }: PlacedObject, setting: string, value: string): boolean {
  return ['annotations', 'labels'].some(
    list => textAt(json, 'metadata', list, `${FLUX_KUSTOMIZE}/${setting}`)?.toLowerCase() === value,
  );
}

/** The annotation or label that says whether Flux fills in the variables of an object. */
export const SUBSTITUTE: string = `${FLUX_KUSTOMIZE}/substitute`;

/** The annotation that has Flux fill in no variables of an object. */
export const AS_WRITTEN: string = `${SUBSTITUTE}: disabled`;

/** Whether the variables in an object are left as they are written (docs/facts/flux.md#variables). */
export function isLeftAsWritten({ json }: PlacedObject): boolean {
  return ['annotations', 'labels'].some(
    field => textAt(json, 'metadata', field, SUBSTITUTE) === 'disabled',
  );
}

/** `${` with a name or form that Flux cannot read (docs/facts/flux.md#variables). `$${` is an escape. */
const UNREADABLE = /(?<!\$)\$\{(?!#?[\p{L}\p{N}_]{1,200}[:=,^/#%}])[^}\n]{0,60}\}?/u;
const NAMELIKE = /^\$\{[\w.-]{1,40}\}$/;
const BEGINNING = /^\$\{#?\w{0,40}./;

/** The texts of an object that Flux fails at, with the first such part of each as far as it may be shown. */
export function unfillableTexts(object: PlacedObject): ReturnType<typeof textsIn> {
  if (isLeftAsWritten(object) || !hasVariable(object.json)) return [];
  return textsIn(object.json, []).flatMap(({ path, text }) => {
    const [found] = (text.includes('${') && UNREADABLE.exec(text)) || [];
    return found === undefined ? [] : [{ path, text: shownText(found, object) }];
  });
}

/** A text may be a password or a script, so little of it is shown. */
function shownText(found: string, { knownKind }: PlacedObject): string {
  if (knownKind === coreSecret) return '${…';
  return NAMELIKE.test(found) ? found : `${BEGINNING.exec(found)?.[0] ?? '${'}…`;
}

/** Whether a Kustomization certainly has variables: without any Flux reads no text. */
export function isFilling(kustomization: PlacedObject, find: Find): boolean {
  const { namespace } = kustomization;
  const isThere = ({ kind, name, isOptional }: VariableSource): boolean =>
    !isOptional ||
    [configMap, coreSecret].some(source => source.kind === kind && find(source, namespace, name));
  return appliedByKustomization(kustomization).some(
    ({ substitute: { values = {}, from = [] } = {} }) =>
      Object.keys(values).length > 0 || from.some(isThere),
  );
}

/** Remembered, as both sides of a diff have most objects in common. */
const hasVariable = oncePer((json: object) => hasText(json, text => text.includes('${')));

/** `${VAR}` without a default. */
const VARIABLE = /\$\{([A-Za-z_]\w{0,200})\}/g;

/** Fields in which programs have variables of the same form. */
const PROGRAMS = new Set(['data', 'stringData', 'command', 'args', 'value', 'script', 'query']);

/** Flux's variables without a value, but for a program's (docs/facts/flux.md#variables); `by` applies the object. */
export function unfilledVariables(object: PlacedObject, by: PlacedObject | undefined): string[] {
  const applied = by?.knownKind?.applies?.folders?.(by) ?? [];
  const isFilled = by === undefined || applied.some(({ substitute }) => substitute !== undefined);
  if (isLeftAsWritten(object) || !isFilled || !hasVariable(object.json)) return [];
  return textsIn(object.json, [])
    .filter(({ path }) => !path.some(step => PROGRAMS.has(String(step))))
    .flatMap(({ text }) => [...text.matchAll(VARIABLE)].flatMap(([, name = []]) => name));
}

/** It makes sources from parts of other sources (docs/facts/flux.md#artifacts). */
export const artifactGenerator: Kind = { group: FLUX_EXTENSIONS, kind: 'ArtifactGenerator' };
export const externalArtifact: Kind = { group: SOURCES, kind: 'ExternalArtifact' };

interface Artifact extends Omit<SourceName, 'kind'> {
  readonly copies: readonly Copy[];
}

interface Copy extends Readonly<Record<'from' | 'to', string>> {
  readonly source: SourceName;
}

/** The artifacts that an ArtifactGenerator makes of whole folders. */
export function artifactsOf(object: PlacedObject): Artifact[] {
  if (object.knownKind !== artifactGenerator) return [];
  const { namespace } = object;
  const sources = new Map(
    listAt(specOf(object), 'sources').map(source => {
      const [kind = '', name = ''] = textsUnder(source, 'kind', 'name');
      const home = textAt(source, 'namespace') ?? namespace;
      return [textAt(source, 'alias'), { kind, name, namespace: home }];
    }),
  );
  return listAt(specOf(object), 'artifacts').map(artifact => ({
    namespace,
    name: textAt(artifact, 'name') ?? '',
    copies: listAt(artifact, 'copy').flatMap(entry => copyOf(entry, sources)),
  }));
}

/** `@repo/apps/**` copies what is in the folder, `@repo/apps/` the folder itself. */
const FROM = /^@([\w-]+)\/((?:[^*?[]*[^*?[/])?)(\/?\*\*|\/?)$/;

function copyOf(entry: unknown, sources: ReadonlyMap<string | undefined, SourceName>): Copy[] {
  const { from = '', to = '', strategy = 'Overwrite' } = mapAt(entry);
  const [, alias, folder = '', rest = ''] = FROM.exec(scalarText(from)) ?? [];
  const source = sources.get(alias);
  if (source === undefined || strategy !== 'Overwrite' || !scalarText(to).startsWith('@artifact/'))
    return [];
  const into = plain(scalarText(to).slice('@artifact/'.length));
  const lastFolder = rest.endsWith('**') ? '' : folder.slice(folder.lastIndexOf('/') + 1);
  return [{ source, from: plain(folder), to: plain(`${into}/${lastFolder}`) }];
}

function plain(path: string): string {
  return path
    .split('/')
    .filter(step => step !== '' && step !== '.')
    .join('/');
}

/** A folder of an artifact as the folder of the source that it is copied from; any other folder as it is. */
export function throughArtifacts<T extends Pick<AppliedFolder, 'source' | 'path'>>(
  applied: T,
  artifacts: readonly Artifact[],
): T {
  const { source, path } = applied;
  if (source?.kind !== externalArtifact.kind) return applied;
  const named = artifacts.filter(({ name }) => name === source.name);
  const sameNamespace = named.find(({ namespace }) => namespace === source.namespace);
  const artifact = sameNamespace ?? (named.length === 1 ? named[0] : undefined);
  const folder = plain(path);
  // The copy with the longest path that fits counts, and of equals the last.
  const [copy] = (artifact?.copies ?? [])
    .filter(({ to }) => to === '' || folder === to || folder.startsWith(`${to}/`))
    .reverse()
    .sort((a, b) => b.to.length - a.to.length);
  if (copy === undefined) return applied;
  return {
    ...applied,
    source: copy.source,
    path: plain(`${copy.from}/${folder.slice(copy.to.length)}`),
  };
}

const pullReads = specFields('ref', { 'sync.pullSecret': [] });

/** An installation of Flux, with the Kustomization that the Flux operator makes for its root (docs/facts/flux.md#instances). */
export const fluxInstance: Kind = {
  group: FLUX_OPERATOR,
  kind: 'FluxInstance',
  applies: {
    folders: instance =>
      rootsOf(instance).flatMap(root =>
        appliedByKustomization(root).map(applied => ({ ...applied, at: PATH })),
      ),
    objects: object => rootsOf(object).map(({ json, written }) => ({ object: json, ...written })),
  },
  reads: pullReads,
  /** The Secret that opens the repository cannot be in the repository. */
  secrets: { byHand: pullReads },
};

const PATH = ['spec', 'sync', 'path'];

/** The Kustomization that a FluxInstance makes; undefined for any other applier. */
export function ownKustomization(applier: PlacedObject): PlacedObject | undefined {
  return applier.knownKind === fluxInstance ? rootsOf(applier)[0] : undefined;
}

function rootsOf(instance: PlacedObject) {
  const { namespace } = instance;
  const sync = mapAt(specOf(instance), 'sync');
  const [source, folder, named] = textsUnder(sync, 'kind', 'path', 'name');
  const name = named || namespace;
  if (source !== 'GitRepository' || !folder) return [];
  const { group, kind } = fluxKustomization;
  const json: KubeObject = {
    apiVersion: `${group}/v1`,
    kind,
    metadata: { name, namespace },
    spec: { interval: '10m0s', path: folder, prune: true, sourceRef: { kind: source, name } },
  };
  const written = { by: instance, placeOf: () => ({ object: instance, path: PATH }) };
  return [{ ...instance, json, group, kind, knownKind: fluxKustomization, name, written }];
}
