import type { Fault } from '../../ground/finding.ts';
import { isMap, scalarText } from '../../ground/json.ts';
import {
  annotationsOf,
  identityOf,
  type KubeObject,
  metadataOf,
  nameOf,
} from '../../ground/kube-object.ts';
import { listItems } from '../../ground/manifests.ts';
import { LOCAL_CONFIG } from '../../kinds/krm/resource-list.ts';

/** A fault of an item as such, whatever its kind. */
export interface ItemFault extends Fault {
  readonly index: number;
}

/** Items that are no objects, and those that are one object twice: nobody can say which is meant. */
export function checkItems(items: readonly unknown[]): ItemFault[] {
  const first = new Map<string, number>();
  return items.flatMap((item, index) => {
    const lack = lackOf(item);
    if (lack !== undefined) return [noObject(index, lack)];
    if (!isObject(item) || nameOf(item) === '' || isLocal(item)) return [];
    const identity = identityOf(item);
    const before = first.get(identity);
    if (before !== undefined) return [duplicate(index, item, before)];
    first.set(identity, index);
    return [];
  });
}

/** Whether an item has all that makes it an object, or a List of objects. */
export function isWholeItem(item: unknown): boolean {
  return lackOf(item) === undefined;
}

/** Whether an item is an object; a List is none. */
export function isObject(item: unknown): item is KubeObject {
  return isWholeItem(item) && listItems(item) === undefined;
}

/** What an item lacks to be an object of Kubernetes. The API server makes a name of `generateName`. */
function lackOf(item: unknown): string | undefined {
  if (!isMap(item)) return `it is ${wordFor(item)}`;
  const { name, generateName } = metadataOf(item);
  const isNamed = [name, generateName].some(text => scalarText(text) !== '');
  const isList = listItems(item) !== undefined;
  const lacks = [
    ...(isText(item['apiVersion']) ? [] : ['apiVersion']),
    ...(isText(item['kind']) ? [] : ['kind']),
    ...(isNamed || isList ? [] : ['metadata.name']),
  ];
  return lacks.length === 0 ? undefined : `it has no ${lacks.join(' and no ')}`;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function wordFor(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

/** Settings of functions and packages are no objects of a cluster: each folder may have its own. */
function isLocal(item: unknown): boolean {
  return annotationsOf(item)[LOCAL_CONFIG] === 'true';
}

function noObject(index: number, lack: string): ItemFault {
  return {
    id: 'no-object',
    message: `the item is no Kubernetes object: ${lack}`,
    hint: 'Each item needs apiVersion, kind and metadata.name.',
    path: ['items', index],
    index,
  };
}

function duplicate(index: number, item: KubeObject, before: number): ItemFault {
  const { namespace } = metadataOf(item);
  const name = [scalarText(namespace), nameOf(item)].filter(part => part !== '').join('/');
  return {
    id: 'duplicate-item',
    message: `the item is ${item.kind} ${name} again, which items[${before}] is already`,
    hint: 'Keep one of them: in a cluster they are one object.',
    path: ['items', index],
    index,
  };
}
