import type { Path } from '../core/finding.ts';
import { commaParts, type JsonObject, mapAt, textAt } from '../core/json.ts';
import type { PlacedObject } from './kind.ts';

const REFLECTOR = 'reflector.v1.k8s.emberstack.com';
const REPLICATOR = 'replicator.v1.mittwald.de';
const AUTO = `${REFLECTOR}/reflection-auto-enabled`;
const TO = `${REPLICATOR}/replicate-to`;
const MATCHING = `${REPLICATOR}/replicate-to-matching`;

export interface Copying {
  readonly namespaces: readonly string[];
  /** It is also copied to namespaces that are not named: an expression or a selector chooses them, or all. */
  readonly isVague: boolean;
  readonly path: Path;
}

/** How the Secrets of an object are copied (docs/facts/operators.md#reflector-and-replicator). */
export function copyingsOf(object: PlacedObject): Copying[] {
  const path = object.knownKind?.secrets?.annotationsAt?.(object);
  if (path === undefined) return [];
  const annotations = mapAt(object.json, ...path);
  return [...reflected(annotations, path), ...replicated(annotations, path)];
}

/** The copies by Reflector. Without `reflection-allowed` it should copy nothing, but we do not rely on that. */
function reflected(annotations: JsonObject, path: Path): Copying[] {
  if (textAt(annotations, AUTO) !== 'true') return [];
  const saidOf = (word: string): string | undefined => textAt(annotations, `${REFLECTOR}/${word}`);
  const targets = placesOf(saidOf('reflection-auto-namespaces'));
  const allowed = placesOf(saidOf('reflection-allowed-namespaces'));
  const isVague = targets.isVague || saidOf('reflection-allowed') !== 'true';
  const namespaces = targets.names.filter(name => allowed.isVague || allowed.names.includes(name));
  return [{ namespaces: isVague ? [] : namespaces, isVague, path: [...path, AUTO] }];
}

function replicated(annotations: JsonObject, path: Path): Copying[] {
  const { names: namespaces, isVague } = placesOf(textAt(annotations, TO));
  const named = { namespaces, isVague, path: [...path, TO] };
  const matching = { namespaces: [], isVague: true, path: [...path, MATCHING] };
  return [
    ...(textAt(annotations, TO) === undefined ? [] : [named]),
    ...(annotations[MATCHING] === undefined ? [] : [matching]),
  ];
}

function placesOf(list: string | undefined): { names: string[]; isVague: boolean } {
  const entries = commaParts(list ?? '');
  const names = entries.filter(entry => /^[a-z0-9-]+$/.test(entry));
  return { names, isVague: entries.length === 0 || names.length < entries.length };
}

export interface CopySource {
  readonly namespace: string;
  readonly secret: string;
  readonly path: Path;
}

const FROM = [`${REFLECTOR}/reflects`, `${REPLICATOR}/replicate-from`];

/** The Secret that a Secret mirrors, by its annotations. */
export function copySourceOf({ json, namespace: home }: PlacedObject): CopySource | undefined {
  const annotations = mapAt(json, 'metadata', 'annotations');
  const name = FROM.find(annotation => textAt(annotations, annotation) !== undefined);
  if (name === undefined) return undefined;
  const [first = '', second] = (textAt(annotations, name) ?? '').split('/');
  const path = ['metadata', 'annotations', name];
  return second === undefined
    ? { namespace: home, secret: first, path }
    : { namespace: first, secret: second, path };
}
