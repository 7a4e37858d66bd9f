import { isMap, type JsonObject, mapAt, scalarText } from '../../ground/json.ts';
import { documentTexts } from '../../ground/yaml/document-texts.ts';
import { configMap } from '../../kinds/core/config-map.ts';
import type { Substitute } from '../../kinds/deployment-ends.ts';
import { isLeftAsWritten } from '../../kinds/flux/applied.ts';
import type { Find, Kind, PlacedObject } from '../../kinds/kind.ts';
import { appliedOf } from './deployers.ts';

/** The variables that a deployment object fills in. */
export interface Variables {
  readonly values: ReadonlyMap<string, string>;
  /** All are known: what is none of them is filled in with nothing. */
  readonly isWhole: boolean;
}

/** The variables of several maps, of which the last wins. */
function variablesOf(maps: readonly JsonObject[], isWhole: boolean): Variables {
  const entries = maps.flatMap(map => Object.entries(map));
  return {
    values: new Map(entries.map(([name, value]) => [name, isMap(value) ? '' : scalarText(value)])),
    isWhole,
  };
}

/**
 * `${VAR}`, `${VAR:=default}` and `$${VAR}`, which stands for itself. What Flux could not read stays as it
 * is, with both dollars (docs/facts/flux.md#variables).
 */
const VARIABLE = /(\$?)\$\{([A-Za-z_]\w{0,200})(?:(?::[-=]|=)([^{}\n]{0,500}))?\}/g;

/** Manifests with their variables filled in, but for the documents that are to be left as they are. */
export function filledManifests(
  { text, objects }: { readonly text: string; readonly objects: readonly PlacedObject[] },
  variables: Variables,
): string {
  const left = new Set(objects.filter(isLeftAsWritten).map(({ path }) => path[0]));
  if (left.size === 0) return substituted(text, variables);
  const parts = documentTexts(text) ?? [];
  if (parts.length === 0) return text;
  const filled = parts.map((part, index) =>
    left.has(index) ? part.text : substituted(part.text, variables),
  );
  return filled.join('---\n');
}

/**
 * A text with its variables filled in, as Flux does after a build (docs/facts/flux.md#variables).
 * What is not known stays as it is written.
 */
function substituted(text: string, { values, isWhole }: Variables): string {
  return text.replaceAll(
    VARIABLE,
    (whole: string, dollar: string, name: string, usual: string | undefined) => {
      if (dollar !== '') return whole.slice(1);
      const known = values.get(name);
      if (known !== undefined && (known !== '' || usual === undefined)) return known;
      return isWhole ? (usual ?? '') : whole;
    },
  );
}

/** The objects that were read so far, and the variables in ConfigMaps of them. */
export class KnownObjects {
  private readonly all = new Map<Kind | undefined, Map<string, PlacedObject>>();

  add(objects: readonly PlacedObject[]): void {
    for (const object of objects) {
      const own = this.all.get(object.known) ?? new Map<string, PlacedObject>();
      this.all.set(object.known, own.set(`${object.namespace}/${object.name}`, object));
    }
  }

  readonly find: Find = (kind, namespace, name) => this.all.get(kind)?.get(`${namespace}/${name}`);

  /** The variables that a deployment object fills in. */
  of({ values, from }: Substitute, by: PlacedObject): Variables {
    const maps = from.map(source => this.source(source, by));
    const data = maps.flatMap(map => (map === undefined ? [] : [mapAt(map.json, 'data')]));
    return variablesOf(
      [...data, values],
      maps.every(map => map !== undefined),
    );
  }

  /** Whether a ConfigMap with variables of an object may come of what is applied beside it. */
  isWaiting(object: PlacedObject): boolean {
    const named = appliedOf(object).flatMap(({ substitute }) => substitute?.from ?? []);
    return named.some(
      source => source.kind === configMap.kind && this.source(source, object) === undefined,
    );
  }

  private source(
    { kind, name }: Substitute['from'][number],
    by: PlacedObject,
  ): PlacedObject | undefined {
    return kind === configMap.kind ? this.find(configMap, by.namespace, name) : undefined;
  }
}
