import type { Path, Report } from '../../core/finding.ts';
import { isMap, type Json, type JsonObject, mapAt } from '../../core/json.ts';
import { mergedMarks, optional, unlessEmpty } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { volumeOf } from '../inject/wanted.ts';
import { placedFields, withOwn } from '../own-fields.ts';
import type { MountSpec, VolumeMountSpec, VolumeSpec, WorkloadSpec } from '../spec.ts';
import { checkFiles, type WorkloadContext } from './containers.ts';
import { type Claim, checkSources, type VolumeModel } from './model.ts';

/** The volumes of a workload that have names, each with where its own container mounts it. */
export function resolveVolumes(
  workload: string,
  { volumes = {}, kind }: WorkloadSpec,
  path: Path,
  context: WorkloadContext,
): VolumeModel[] {
  return Object.entries(volumes).map(([name, spec]) => {
    const at = [...path, 'volumes', name];
    const own = withOwn({}, placedFields('volume', 'volume', spec));
    const claim = claimOf(`${workload}-${name}`, name, spec);
    const isTemplate = kind === 'StatefulSet' && spec.claim === undefined;
    const source = { ...sourceOf(spec, claim?.name, at, context), ...mapAt(own['volume']) };
    checkClaimFields(spec, at, context.report);
    checkOneSource(spec, Object.keys(mapAt(own['volume'])), at, context.report);
    const isReadOnly = 'secret' in source || 'configMap' in source;
    return {
      name,
      path: at,
      source: claim !== undefined && isTemplate ? undefined : { name, ...source },
      claim: claim && { ...claim, isTemplate },
      mounts: mountsOf(name, spec.at ?? [], {
        ...(isReadOnly && { readOnly: true }),
        ...mapAt(own['mount']),
        ...optional('readOnly', spec.readOnly),
      }),
      isReadOnly,
    };
  });
}

/** Where a container mounts the volumes of its workload. */
export function resolveMounts(
  spec: Readonly<Record<string, VolumeMountSpec>>,
  volumes: readonly VolumeModel[],
  path: Path,
  report: Report,
): JsonObject[] {
  return Object.entries(spec).flatMap(([name, at]) => {
    const volume = volumes.find(known => known.name === name);
    if (volume !== undefined)
      return mountsOf(name, at, volume.isReadOnly ? { readOnly: true } : {});
    const message = `there is no volume "${name}"`;
    const hint = knownNames(
      'volumes of the workload',
      name,
      volumes.map(known => known.name),
    );
    report({ id: 'unknown-volume', message, hint, path: [...path, name], isAboutName: true });
    return [];
  });
}

function mountsOf(name: string, at: VolumeMountSpec, usual: JsonObject): JsonObject[] {
  if (Array.isArray(at)) return at.flatMap(one => mountsOf(name, one, usual));
  if (typeof at === 'string') return [{ name, mountPath: at, ...usual }];
  const { at: mountPath, ...others } = at as { readonly at: string } & JsonObject;
  return [{ name, mountPath, ...usual, ...others }];
}

function claimOf(
  usual: string,
  volume: string,
  { size, class: storageClass, accessModes = ['ReadWriteOnce'], claim, ...spec }: VolumeSpec,
): Omit<Claim, 'isTemplate'> | undefined {
  if (size === undefined) return undefined;
  return {
    name: claim ?? usual,
    volume,
    marks: {
      ...unlessEmpty('labels', mergedMarks(spec.labels)),
      ...unlessEmpty('annotations', mergedMarks(spec.annotations)),
    },
    spec: {
      accessModes,
      resources: { requests: { storage: size } },
      ...(storageClass !== undefined && { storageClassName: storageClass }),
    },
  };
}

function sourceOf(
  spec: VolumeSpec,
  made: string | undefined,
  path: Path,
  context: WorkloadContext,
): JsonObject {
  const { empty, secret, configMap, claim: claimName = made } = spec;
  if (empty !== undefined && empty !== false) return { emptyDir: emptyDir(empty) };
  if (claimName !== undefined) return { persistentVolumeClaim: { claimName } };
  if (isMap(secret)) return { secret };
  if (isMap(configMap)) return { configMap };
  return secret === undefined && configMap === undefined ? {} : filesOf(spec, path, context);
}

function filesOf(
  { secret, configMap, keys = {}, mode, optional: isOptional }: VolumeSpec,
  path: Path,
  context: WorkloadContext,
): JsonObject {
  const names = { ...optional('secret', secret), ...optional('configMap', configMap) };
  const source = { ...names, ...optional('optional', isOptional) } as MountSpec;
  if (typeof secret === 'string' && isOptional !== true) checkFiles(secret, keys, path, context);
  const defaultMode = mode === undefined ? undefined : Number.parseInt(mode, 8);
  const volume = Object.entries(volumeOf(source, Object.entries(keys)));
  return Object.fromEntries(
    volume.map(([kind, files]) => [
      kind,
      { ...mapAt(files), ...optional('defaultMode', defaultMode) },
    ]),
  );
}

function emptyDir(empty: true | string | JsonObject): Json {
  if (isMap(empty)) return empty;
  return empty === true ? {} : { sizeLimit: empty };
}

function checkOneSource(
  { empty, size, claim, secret, configMap }: VolumeSpec,
  own: readonly string[],
  path: Path,
  report: Report,
): void {
  const short = {
    empty: empty || undefined,
    ...(size === undefined ? { claim } : { size }),
    secret,
    configMap,
  };
  const all = { ...short, ...Object.fromEntries(own.map(name => [name, true])) };
  if (own.length !== 1 || Object.values(short).some(value => value !== undefined))
    checkSources(all, path, report);
}

function checkClaimFields(spec: VolumeSpec, path: Path, report: Report): void {
  if (spec.size !== undefined) return;
  for (const field of ['class', 'accessModes', 'labels', 'annotations'] as const)
    if (spec[field] !== undefined)
      report({
        id: 'volume-without-claim',
        message: `${field} is of a claim that is made, and this volume makes none`,
        hint: `Add size, such as size: 10Gi, or take ${field} out.`,
        path: [...path, field],
        isAboutName: true,
      });
}
