import { mapAt } from '../../ground/json.ts';
import { configMap } from '../../kinds/core/config-map.ts';
import type { Substitute } from '../../kinds/deployment-ends.ts';
import type { Item } from '../../kinds/kind.ts';
import { appliedOf } from './deployers.ts';
import { type Variables, variablesOf } from './substitute.ts';

/** The ConfigMaps that were read so far, for the variables in them. */
export class KnownVariables {
  private readonly configMaps = new Map<string, Item>();

  add(items: readonly Item[]): void {
    for (const item of items)
      if (item.known === configMap) this.configMaps.set(`${item.namespace}/${item.name}`, item);
  }

  /** The variables that a deployment object fills in. */
  of({ values, from }: Substitute, by: Item): Variables {
    const maps = from.map(source => this.find(source, by));
    const data = maps.flatMap(map => (map === undefined ? [] : [mapAt(map.object, 'data')]));
    return variablesOf(
      [...data, values],
      maps.every(map => map !== undefined),
    );
  }

  /** Whether a ConfigMap with variables of an object may come of what is applied beside it. */
  isWaiting(item: Item): boolean {
    const named = appliedOf(item).flatMap(({ substitute }) => substitute?.from ?? []);
    return named.some(
      source => source.kind === configMap.kind && this.find(source, item) === undefined,
    );
  }

  private find({ kind, name }: Substitute['from'][number], by: Item): Item | undefined {
    return kind === configMap.kind ? this.configMaps.get(`${by.namespace}/${name}`) : undefined;
  }
}
