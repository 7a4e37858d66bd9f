import { dirname, join, relative } from 'node:path';
import { isMap } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { locate } from '../../ground/locate.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import { itemOf } from '../../kinds/item-of.ts';
import type { Item } from '../../kinds/kind.ts';
import { kustomizationFile } from '../../kinds/krm/kustomization.ts';
import { isBelow } from '../inside.ts';
import type { ChartedFile } from '../manifest-source.ts';
import type { ObjectSource } from '../sets/parse-source.ts';
import { valuesItem } from '../values-file.ts';
import { textAtPlace } from './applied-folder.ts';
import type { Repository } from './repository.ts';
import { withTree } from './repository-tree.ts';
import type { Numbers } from './unit.ts';

/** Files with values that objects of a repository name, each read once. */
export class NamedFiles {
  /** What was read, for those who show its lines. */
  readonly sources: ObjectSource[] = [];
  private readonly known = new Map<string, Item | undefined>();
  private readonly repository: Repository;
  private readonly number: Numbers;

  constructor(repository: Repository, number: Numbers) {
    this.repository = repository;
    this.number = number;
  }

  /** An object with the files that it names, and with its repository where it needs that; `home`: the folder of its own file. */
  given(bare: Item, home: string): Item {
    const item = withTree(bare, this.repository.tree);
    const names = item.known?.files?.(item) ?? [];
    if (names.length === 0) return item;
    const found = names.flatMap(name => {
      const file = this.item(join(name.startsWith('/') ? this.repository.root : home, name));
      return file === undefined ? [] : [[name, file] as const];
    });
    return { ...item, files: new Map(found) };
  }

  /** A kustomization that has charts made, as a source of its own. */
  charted({ file, place, text, rendered }: ChartedFile): ObjectSource[] {
    const [document] = parseStream(text).value ?? [];
    if (!isMap(document)) return [];
    const number = this.number();
    const object = { ...document, apiVersion: `${group}/v1beta1`, kind } as unknown as KubeObject;
    const own = {
      ...itemOf(object, number, [0], this.repository.namespace),
      name: relative(this.repository.root, dirname(place)) || '.',
      rendered: new Set(rendered),
    };
    const items = [this.given(own, dirname(place))];
    const source = { name: file, file, isBuilt: false, text, findings: [], places: [place] };
    return [{ ...source, number, items, strangers: 0, isNoObject: true }];
  }

  private item(path: string): Item | undefined {
    const { root, host, shown } = this.repository;
    const place = host.realPath(path);
    if (place === undefined || !isBelow(root, place)) return undefined;
    if (this.known.has(place)) return this.known.get(place);
    const text = textAtPlace(place, this.repository);
    const { faults } = parseStream(text);
    const number = this.number();
    const name = shown(place);
    const findings = locate(faults, { file: name, text, isStream: true });
    const item = valuesItem(text, name, number);
    this.known.set(place, item);
    const source = { name, file: name, isBuilt: false, text, findings, places: [place] };
    this.sources.push({ ...source, number, items: [], strangers: 0 });
    return item;
  }
}

const { group, kind } = kustomizationFile;
