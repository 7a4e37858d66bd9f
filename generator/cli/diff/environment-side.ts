import type { Host } from '../../ground/host.ts';
import { onceFor } from '../../ground/once-per.ts';
import type { ParseStream } from '../../ground/yaml/shared-documents.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import { declaredOutside } from '../../read/sets/declared-outside.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import { nothingOutside } from '../../read/sets/object-set.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';
import { areTogether } from '../../read/sets/spec-sets.ts';
import { causeIn } from './cause.ts';
import { isWhole, partsOf, refusedSpec, type SideOptions, sourcesOf } from './environment-parts.ts';
import { unreadIn } from './left-out.ts';
import type { Side, SidePlace } from './side.ts';
import { type SideSpec, specAt, unitsOf } from './side-spec.ts';

/** A side with its environments: the overlays of a spec, and what Argo CD is given. */
export interface EnvironmentSide extends Side {
  readonly environments: ReadonlyMap<string, ManifestSet>;
}

/**
 * Reads a side. Beside a spec its environments are its overlays and the Applications; of any other folder each
 * kustomization is one, and all manifests that belong to none are one more.
 */
export function readSide(
  place: SidePlace,
  options: SideOptions,
  parse: ParseStream,
): EnvironmentSide {
  const { path, host } = place;
  const found = sourcesOf(place, options, parse);
  const whole = found.filter(isWhole);
  const skipped = [...found.filter(one => !isWhole(one)), ...refusedSpec(place)];
  const { spec } = specAt(place);
  const environments = environmentsOf(partsOf(path, whole), spec);
  return {
    environments,
    isEmpty: [...environments.values()].every(hasNothing),
    hasOthers: () => false,
    strangers: new Map(),
    unread: [...environments].flatMap(([environment, set]) =>
      unreadIn(set).map(finding => ({ environment, finding })),
    ),
    fileOf: name => {
      const set = environments.get(name);
      return set && (spec?.source.file ?? set.sources[0]?.file ?? '');
    },
    ...(spec !== undefined && { spec: spec.spec }),
    placesBeside: other => placesBeside(environments, host, spec, other),
    files: new Set([
      ...[...whole, ...skipped].map(({ file }) => file),
      ...(spec ? [spec.source, ...(spec.source.parts ?? [])] : []).map(({ file }) => file),
    ]),
    notices: skipped.flatMap(({ findings }) => [...findings]),
  };
}

function hasNothing({ sources }: ManifestSet): boolean {
  return sources.every(({ objects, findings }) => objects.length === 0 && findings.length === 0);
}

function environmentsOf(
  parts: ReadonlyMap<string, readonly ObjectSource[]>,
  spec: SideSpec | undefined,
): Map<string, ManifestSet> {
  const setOf = (name: string, sources: readonly ObjectSource[]): ManifestSet => {
    const others = [...parts].filter(([other]) => other !== name && isContext(name, other, spec));
    return {
      sources,
      context: others.flatMap(([, own]) => own),
      outside: spec === undefined ? nothingOutside : declaredOutside(spec.spec, name),
    };
  };
  return new Map([...parts].map(([name, sources]) => [name, setOf(name, sources)]));
}

/** Whether two environments may be in one cluster; what applies them is context to all. */
function isContext(name: string, other: string, spec: SideSpec | undefined): boolean {
  if (spec === undefined || /^(argocd|flux)(\/|$)/.test(other)) return true;
  return areTogether(spec.spec, { name }, { name: other });
}

/** Where fields stand, worked out once somebody asks. */
function placesBeside(
  environments: EnvironmentSide['environments'],
  host: Host,
  spec: SideSpec | undefined,
  other: SpecObject | undefined,
): FieldPlace {
  const places = onceFor(() =>
    spec === undefined
      ? placesFor([...environments.values()], host)
      : placesInSpec(environments, host, spec, other),
  );
  return (object, path) => places()(object, path);
}

/** Where fields stand in a spec: what differs there from the other side's. */
function placesInSpec(
  environments: EnvironmentSide['environments'],
  host: Host,
  spec: SideSpec,
  other: SpecObject | undefined,
): FieldPlace {
  const units = unitsOf(spec);
  const aimed = [...environments].map(([name, set]) => {
    const unit = units.get(name);
    return unit === undefined ? set : { ...set, unit };
  });
  return placesFor(aimed, host, spec, (entry, { name: target }, field) =>
    causeIn(spec.spec, other, { entry, unit: target, field }),
  );
}
