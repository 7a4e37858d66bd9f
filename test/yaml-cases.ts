import { load } from 'js-yaml';
import { readText } from './machine.ts';

/** What a YAML file holds. */
export function yamlIn<T>(...path: readonly string[]): T {
  return load(readText(...path)) as T;
}

/** The cases of a YAML file, each under what it is about. */
export function casesIn<T>(...path: readonly string[]): [what: string, one: T][] {
  return Object.entries(yamlIn<Readonly<Record<string, T>>>(...path));
}
