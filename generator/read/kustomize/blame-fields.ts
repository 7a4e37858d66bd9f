import type { Path } from '../../ground/finding.ts';
import { isMap } from '../../ground/json.ts';
import { placesIn } from '../../ground/locate.ts';
import type { Closure } from './closure.ts';
import type { Blame, Failed } from './explanation.ts';
import {
  entryPath,
  entryPlace,
  isComponent,
  type Kustomization,
  type KustomizationEntry,
} from './kustomization.ts';
import { isField, valuesAt } from './loads.ts';
import { shownRemote } from './remote.ts';

/** Where a path of a kustomization stands. */
export function blameAt(
  { file, text, written = text }: Kustomization,
  path: Path,
  isAboutName = false,
): Blame {
  return { at: placesIn({ file, text: written })({ path, isAboutName }) };
}

/** The first kustomization that has a field, and where. */
export function fieldBlame({ kustomizations }: Closure, field: string): Blame | undefined {
  for (const by of kustomizations) {
    const [found] = valuesAt(by.document, [field]);
    if (found !== undefined) return blameAt(by, found.path);
  }
  return undefined;
}

export function secondFile({ closure: { kustomizations } }: Failed): Blame | undefined {
  const second = kustomizations.find((by, index) =>
    kustomizations.slice(0, index).some(({ folder }) => folder === by.folder),
  );
  return second && blameAt(second, []);
}

export function emptyKustomization({ closure: { kustomizations } }: Failed): Blame | undefined {
  const isEmpty = ({ document }: Kustomization): boolean =>
    !isMap(document) ||
    Object.keys(document).every(key => ['apiVersion', 'kind'].some(name => isField(key, name)));
  const empty = kustomizations.find(isEmpty);
  return empty && blameAt(empty, []);
}

/** A field that kustomize names: by the user's word for it, or by its way from the root. */
export function badField({ closure: { kustomizations }, text }: Failed): Blame | undefined {
  const [, unknown, way] =
    /unknown field "([^"]{1,200})"|Go struct field \w+\.([\w.]{1,200}) of type/.exec(text) ?? [];
  const steps = (unknown === undefined ? way?.split('.') : [unknown]) ?? [];
  for (const by of kustomizations) {
    const path = pathTo(by.document, steps);
    if (path === undefined) continue;
    const field = steps.map(shownRemote).join('.');
    const message =
      unknown === undefined
        ? `"${field}" holds what kustomize does not take there`
        : `"${field}" is no field that kustomize knows there`;
    return { ...blameAt(by, path, true), message };
  }
  return undefined;
}

/** The way to the first place where fields stand one below the other, lists between them or not. */
function pathTo(value: unknown, steps: readonly string[]): Path | undefined {
  if (steps.length === 0) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, below] of Object.entries(value)) {
    const own = Array.isArray(value) ? Number(key) : key;
    const isNamed = !Array.isArray(value) && isField(key, steps[0] ?? '');
    const rest = pathTo(below, isNamed ? steps.slice(1) : steps);
    if (rest !== undefined) return [own, ...rest];
  }
  return undefined;
}

/** An entry of the wrong list: components has Components only, resources has none. */
export function wrongKind({ closure: { kustomizations }, host }: Failed): Blame | undefined {
  const bases = kustomizations.flatMap(by =>
    by.loads.filter(({ kind }) => kind === 'base').map(load => ({ by, load })),
  );
  const wrong = bases.find(entry => {
    const place = host.realPath(entryPath(entry));
    const other = kustomizations.find(({ folder }) => folder === place);
    return other !== undefined && isComponent(other) !== isInComponents(entry);
  });
  if (wrong === undefined) return undefined;
  const name = shownRemote(wrong.load.entry);
  const message = isInComponents(wrong)
    ? `${name} is listed under components and is no Component`
    : `${name} is a Component, which only components may list`;
  return { at: entryPlace(wrong), message };
}

function isInComponents({ load }: KustomizationEntry): boolean {
  return isField(String(load.path[0]), 'components');
}
