import { join } from 'node:path';
import { parseDocument } from '../source/yaml-text.ts';
import type { Host } from './host.ts';
import { textOf } from './text-of.ts';

/** The names that kustomize knows for the file that makes a folder a kustomization. */
const NAMES: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Whether a file of this name makes its folder a kustomization. */
export function isKustomization(name: string): boolean {
  return NAMES.includes(name);
}

/** What makes a folder a kustomization, were it a link to nothing; undefined where there is none. */
export function kustomizationIn(folder: string, host: Host): string | undefined {
  return NAMES.map(name => join(folder, name)).find(file => host.kindOf(file) !== undefined);
}

/** What a kustomization's file holds; undefined where it is no YAML, or cannot be read. */
export function documentOf(file: string, host: Host): unknown {
  const text = readable(file, host);
  return text === undefined ? undefined : parseDocument(text).value;
}

function readable(file: string, host: Host): string | undefined {
  try {
    return textOf(file, host);
  } catch {
    return undefined;
  }
}
