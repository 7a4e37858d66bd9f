import { goRegexp } from '#go-regexp';
import { type Host, textOf } from '../../core/host.ts';
import { groupBy, hasText, isMap, scalarText, sortBy, textAt, valueAt } from '../../core/json.ts';
import { isUnresolved, manifestsOf } from '../../core/kube-object.ts';
import { isSlip } from '../../core/names.ts';
import { onceFor, oncePer, oncePerText } from '../../core/once.ts';
import type { IdlePatch, PatchTarget } from '../../kinds/facets.ts';
import { parseStream } from '../../yaml/parse.ts';
import {
  entryTarget,
  isComponent,
  isField,
  type Kustomization,
  kustomizationsOf,
  loadsOf,
  patchFile,
  valuesAt,
} from './kustomization.ts';

const PARTS = ['group', 'version', 'kind', 'namespace', 'name'] as const;

type Part = keyof PatchTarget;

/** The identity by which kustomize finds a resource: name and namespace as they are now, and as they were first. */
type Resource = Readonly<Record<Part, readonly [now: string, first?: string]>>;

/**
 * The patches laid over nothing, by kustomization (docs/facts/kustomize.md#targets), where its resources are all read.
 * A component's count if they fit none of its users. `isOpen`: something else may add resources.
 */
export function idlePatches(
  all: readonly Kustomization[],
  isOpen: (by: Kustomization) => boolean,
  host: Host,
): Map<Kustomization, IdlePatch[]> {
  const { gathered, componentsOf } = resourceReader(all, host);
  const users = onceFor(() =>
    all.filter(by => !isComponent(by)).map(by => ({ by, parts: componentsOf(by) })),
  );
  const found = new Map<Kustomization, IdlePatch[]>();
  for (const by of all) {
    const entries = targetsIn(by);
    if (entries.length === 0) continue;
    const contexts = isComponent(by)
      ? users().flatMap(user => (user.parts.has(by.folder) ? [user.by] : []))
      : [by];
    if (contexts.length === 0 || [by, ...contexts].some(isOpen)) continue;
    const idle = idleIn(by, entries, contexts.map(gathered));
    if (idle.length > 0) found.set(by, idle);
  }
  return found;
}

function idleIn(
  by: Kustomization,
  entries: readonly TargetEntry[],
  gathered: readonly (readonly Resource[] | undefined)[],
): IdlePatch[] {
  if (!gathered.every(resources => resources !== undefined)) return [];
  const all = gathered.flat();
  if (all.length * entries.length > MOST_COMPARED) return [];
  // `patchesJson6902` come after the prefixes and the namespace.
  const renamed = all.map(resource => renamedBy(by, resource));
  const isIdle = ({ target, isLate }: TargetEntry): boolean =>
    [...all, ...(isLate ? renamed : [])].every(each => missedParts(target, each).length > 0);
  const [idle, busy] = [entries.filter(isIdle), entries.filter(entry => !isIdle(entry))];
  return idle
    .filter(
      ({ target }) =>
        !busy.some(entry => SAME_IN_TWINS.every(part => entry.target[part] === target[part])),
    )
    .map(({ at, target, isDelete }) => ({ at, target, isDelete, ...mistakeIn(target, all) }))
    .filter(({ isDelete, mistake }) => !isDelete || mistake !== undefined);
}

/** Targets that differ in the version or the group alone are for different states of the base. */
const SAME_IN_TWINS = ['kind', 'namespace', 'name'] as const;

function mistakeIn(target: PatchTarget, resources: readonly Resource[]) {
  const isName = (text: string, part: Part): boolean =>
    part === 'name' && resources.some(resource => resource[part].includes(text));
  const near = resources.flatMap(resource => {
    const [part, ...more] = missedParts(target, resource);
    return part !== undefined && more.length === 0 ? [{ part, resource }] : [];
  });
  const found = sortBy(near, ({ part }) => String(PARTS.indexOf(part))).find(
    ({ part, resource }) =>
      (part === 'namespace' && target.name !== undefined) ||
      /^(?:group|version)$/.test(part) ||
      (!isName(target[part] ?? '', part) &&
        resource[part].some(text => isSlip(target[part] ?? '', text ?? ''))),
  );
  if (found === undefined) return {};
  const { part, resource } = found;
  const [[value], [kind], [name]] = [resource[part], resource.kind, resource.name];
  return { mistake: { part, value, kind, name } };
}

function missedParts(target: PatchTarget, resource: Resource): Part[] {
  return PARTS.filter(part => {
    const pattern = target[part];
    return pattern !== undefined && !resource[part].some(text => matcherOf(pattern)(text ?? ''));
  });
}

const matcherOf = oncePerText((pattern: string): ((text: string) => boolean) => {
  if (/^[\w-]+$/.test(pattern)) return text => text === pattern;
  const find = goRegexp(`^(?:${pattern})$`);
  // kustomize refuses what is no expression, and says so.
  return find === undefined ? () => true : text => find(text).length > 0;
});

type TargetEntry = ReturnType<typeof targetsIn>[number];

function targetsIn({ document }: Kustomization) {
  return ['patches', 'patchesJson6902'].flatMap((field, index) =>
    valuesAt(document, [field, '*', 'target']).flatMap(({ value, path: at }) => {
      const [patch] = valuesAt(valueAt(document, at.slice(0, -1)), ['patch']);
      const entries = PARTS.flatMap(part => {
        const pattern = textAt(value, part) ?? '';
        return pattern === '' ? [] : [[part, pattern] as const];
      });
      const isPlain = entries.every(([, pattern]) => !isUnresolved(pattern));
      const target: PatchTarget = Object.fromEntries(entries);
      if (!isPlain || entries.length === 0) return [];
      // It deletes what its target matches: nothing is left where nothing is.
      const isDelete = /^ *\$patch: delete\b/m.test(scalarText(patch?.value));
      return [{ at, target, isLate: index === 1, isDelete }];
    }),
  );
}

/** More resources than this are not read, of a kustomization and of all: bases may name each other again and again. */
const MOST = { ofOne: 20_000, ofAll: 500_000 } as const;

const MOST_COMPARED = 2_000_000;

function resourceReader(all: readonly Kustomization[], host: Host) {
  const inFolder = groupBy(all, ({ folder }) => folder);
  const ofFolder = new Map<string, readonly Resource[] | undefined>();
  const ofFile = oncePerText(place => fileResources(place, host));
  let left: number = MOST.ofAll;
  const kustomizationsAt = (place: string): readonly Kustomization[] =>
    inFolder.get(place) ?? kustomizationsOf({ shown: place, place }, host);
  /** The resources that the patches of a kustomization may target; undefined: they are not known. */
  const gathered = oncePer((by: Kustomization): readonly Resource[] | undefined => {
    if (loadsOf(by).some(({ kind }) => kind === 'function' || kind === 'chart')) return undefined;
    if (changesIdentities(by, host)) return undefined;
    const bases = loadsOf(by).filter(({ kind }) => kind === 'base');
    const loaded = bases.map(load => loadedFrom(entryTarget(load, host)));
    if (!loaded.every(resources => resources !== undefined)) return undefined;
    const resources = [...loaded.flat(), ...generatedBy(by)];
    left -= resources.length;
    return resources.length > MOST.ofOne || left < 0 ? undefined : resources;
  });
  const loadedFrom = (place: string | undefined): readonly Resource[] | undefined => {
    if (place === undefined) return undefined;
    if (!host.isFolder(place)) return ofFile(place);
    if (ofFolder.has(place)) return ofFolder.get(place);
    ofFolder.set(place, undefined); // kustomize reports a circle.
    const [by, ...more] = kustomizationsAt(place);
    if (by === undefined || more.length > 0) return undefined;
    // A component renames resources of the kustomizations that use it.
    if (isComponent(by) && RENAMING.some(field => valuesAt(by.document, [field]).length > 0))
      return undefined;
    const made = gathered(by)?.map(resource => renamedBy(by, resource));
    ofFolder.set(place, made);
    return made;
  };
  const componentsOf = (by: Kustomization, visited = new Set<string>()): ReadonlySet<string> => {
    for (const load of loadsOf(by)) {
      if (!isField(String(load.path[0]), 'components')) continue;
      const place = entryTarget(load, host);
      if (place === undefined || visited.has(place)) continue;
      visited.add(place);
      for (const component of kustomizationsAt(place)) componentsOf(component, visited);
    }
    return visited;
  };
  return { gathered, componentsOf };
}

const RENAMING = ['namespace', 'namePrefix', 'nameSuffix'];

function renamedBy({ document }: Kustomization, resource: Resource): Resource {
  const [namespace, prefix, suffix] = RENAMING.map(field => {
    const [found] = valuesAt(document, [field]);
    return typeof found?.value === 'string' ? found.value : '';
  });
  const [name, firstName] = resource.name;
  const [home, firstHome] = resource.namespace;
  return {
    ...resource,
    name: [`${prefix}${name}${suffix}`, firstName ?? name],
    namespace: [namespace || home, firstHome ?? home],
  };
}

const GENERATED = { configMapGenerator: 'ConfigMap', secretGenerator: 'Secret' };

function generatedBy({ document }: Kustomization): Resource[] {
  return Object.entries(GENERATED).flatMap(([field, kind]) =>
    valuesAt(document, [field, '*']).map(({ value }) => resourceOf('v1', kind, value)),
  );
}

function fileResources(place: string, host: Host): Resource[] | undefined {
  const { value } = parseStream(textOf(place, host));
  const objects = value && manifestsOf(value).map(({ object }) => object);
  return objects?.map(({ apiVersion, kind, metadata }) => resourceOf(apiVersion, kind, metadata));
}

function resourceOf(apiVersion: string, kind: string, metadata: unknown): Resource {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const name = textAt(metadata, 'name') ?? '';
  const namespace = textAt(metadata, 'namespace') || 'default';
  return { group: [group], version: [version], kind: [kind], name: [name], namespace: [namespace] };
}

function changesIdentities(by: Kustomization, host: Host): boolean {
  const { document } = by;
  const replaced = valuesAt(document, ['replacements', '*']);
  if (replaced.some(({ value }) => !isMap(value) || hasText(value, text => NAMING.test(text))))
    return true;
  const patches = ['patches', 'patchesJson6902'].flatMap(field => valuesAt(document, [field, '*']));
  return patches.some(({ value }) => {
    if (!isMap(value)) return false;
    const { patch, path, options } = value;
    const text = typeof patch === 'string' ? patch : patchFile(path, by, host);
    return isMap(options) || IDENTITY.test(text ?? '');
  });
}

/** A field that a replacement writes to a resource's identity, or the file that says which it writes. */
const NAMING = /^(?:apiVersion|kind|metadata\.name(?:space)?)$|\.ya?ml$/;

/** An operation of a JSON patch on what a resource is known by. */
const IDENTITY =
  /["']?path["']?\s*:\s*["']?\/(?:apiVersion|kind|metadata(?:\/name(?:space)?)?)?["']?\s*(?:[,}#]|$)/m;
