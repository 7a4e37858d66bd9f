import { mapAt } from '../../ground/json.ts';
import { configMap } from '../../kinds/core/config-map.ts';
import type { Substitute } from '../../kinds/deployment-ends.ts';
import type { Find, Kind, PlacedObject } from '../../kinds/kind.ts';
import { appliedOf } from './deployers.ts';
import { type Variables, variablesOf } from './substitute.ts';

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
