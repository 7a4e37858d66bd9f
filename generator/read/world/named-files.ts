import { dirname, join, relative } from 'node:path';
import { isMap } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { locate } from '../../ground/locate.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { kustomizationFile } from '../../kinds/krm/kustomization.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { valuesObject } from '../helm/values.ts';
import { isBelow } from '../inside.ts';
import type { ChartedFile } from '../manifest-source.ts';
import type { ObjectSource } from '../sets/parse-source.ts';
import { textAtPlace } from './applied-folder.ts';
import { type Repository, withTree } from './repository.ts';
import type { Numbers } from './unit.ts';

/** Files with values that objects of a repository name, each read once. */
export class NamedFiles {
  /** What was read, for those who show its lines. */
  readonly sources: ObjectSource[] = [];
  private readonly known = new Map<string, PlacedObject | undefined>();
  private readonly repository: Repository;
  private readonly number: Numbers;

  constructor(repository: Repository, number: Numbers) {
    this.repository = repository;
    this.number = number;
  }

  /** An object with the files that it names, and with its repository where it needs that; `home`: the folder of its own file. */
  given(bare: PlacedObject, home: string): PlacedObject {
    const object = withTree(bare, this.repository.tree);
    const names = object.known?.files?.(object) ?? [];
    if (names.length === 0) return object;
    const found = names.flatMap(name => {
      const file = this.object(join(name.startsWith('/') ? this.repository.root : home, name));
      return file === undefined ? [] : [[name, file] as const];
    });
    return { ...object, files: new Map(found) };
  }

  /** A kustomization that has charts made, as a source of its own. */
  charted({ file, place, text, rendered }: ChartedFile): ObjectSource[] {
    const [document] = parseStream(text).value ?? [];
    if (!isMap(document)) return [];
    const number = this.number();
    const object = { ...document, apiVersion: `${group}/v1beta1`, kind } as unknown as KubeObject;
    const own = {
      ...placedObject(object, number, [0], this.repository.namespace),
      name: relative(this.repository.root, dirname(place)) || '.',
      rendered: new Set(rendered),
    };
    const objects = [this.given(own, dirname(place))];
    const source = { name: file, file, isBuilt: false, text, findings: [], places: [place] };
    return [{ ...source, number, objects, strangers: 0, isNoObject: true }];
  }

  private object(path: string): PlacedObject | undefined {
    const { root, host, shown } = this.repository;
    const place = host.realPath(path);
    if (place === undefined || !isBelow(root, place)) return undefined;
    if (this.known.has(place)) return this.known.get(place);
    const text = textAtPlace(place, this.repository);
    const { faults } = parseStream(text);
    const number = this.number();
    const name = shown(place);
    const findings = locate(faults, { file: name, text, isStream: true });
    const object = valuesObject(text, name, number);
    this.known.set(place, object);
    const source = { name, file: name, isBuilt: false, text, findings, places: [place] };
    this.sources.push({ ...source, number, objects: [], strangers: 0 });
    return object;
  }
}

const { group, kind } = kustomizationFile;
