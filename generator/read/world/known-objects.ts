import { mapAt } from '../../ground/json.ts';
import { configMap } from '../../kinds/core/config-map.ts';
import type { Substitute } from '../../kinds/deployment-ends.ts';
import type { Find, Item, Kind } from '../../kinds/kind.ts';
import { appliedOf } from './deployers.ts';
import { type Variables, variablesOf } from './substitute.ts';

/** The objects that were read so far, and the variables in ConfigMaps of them. */
export class KnownObjects {
  private readonly all = new Map<Kind | undefined, Map<string, Item>>();

  add(items: readonly Item[]): void {
    for (const item of items) {
      const own = this.all.get(item.known) ?? new Map<string, Item>();
      this.all.set(item.known, own.set(`${item.namespace}/${item.name}`, item));
    }
  }

  readonly find: Find = (kind, namespace, name) => this.all.get(kind)?.get(`${namespace}/${name}`);

  /** The variables that a deployment object fills in. */
  of({ values, from }: Substitute, by: Item): Variables {
    const maps = from.map(source => this.source(source, by));
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
      source => source.kind === configMap.kind && this.source(source, item) === undefined,
    );
  }

  private source({ kind, name }: Substitute['from'][number], by: Item): Item | undefined {
    return kind === configMap.kind ? this.find(configMap, by.namespace, name) : undefined;
  }
}
