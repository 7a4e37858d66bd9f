import { listAt, mapAt, valueAt } from '../ground/json.ts';
import { textsIn } from '../ground/json-walk.ts';
import { oncePer } from '../ground/once-per.ts';
import type { ObjectField, PlacedObject } from '../kinds/kind.ts';
import type { Container } from '../kinds/pods.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A text of a manifest in which a host may stand. */
export interface PlacedText extends ObjectField {
  /** The namespace that short names resolve in. */
  readonly namespace: string;
  readonly text: string;
  readonly container?: Container;
}

/** All texts where hosts stand: variables, arguments, templates, collectors' configurations. */
export const placedTexts: (graph: SecretGraph) => readonly PlacedText[] = oncePer(
  ({ pods, externalSecrets, objects }) => [
    ...pods.flatMap(({ containers }) => containers.flatMap(containerTexts)),
    ...externalSecrets.flatMap(({ object, namespace, path, spec }) => {
      const at = [...path, 'target', 'template', 'data'];
      const texts = textsIn(mapAt(spec, 'target', 'template', 'data'), at);
      return texts.map(found => ({ object, namespace, ...found }));
    }),
    ...objects.flatMap(settingsTexts),
  ],
);

/** The texts of what is a program's configuration, such as a collector's. */
function settingsTexts(object: PlacedObject): PlacedText[] {
  const path = object.known?.settings;
  const { namespace } = object;
  if (path === undefined) return [];
  const texts = textsIn(valueAt(object.json, path), path);
  return texts.map(found => ({ object, namespace, ...found }));
}

function containerTexts(container: Container): PlacedText[] {
  const { object, path, spec, env } = container;
  const base = { object, namespace: object.namespace, container };
  const words = ['command', 'args'].flatMap(field =>
    textsIn(listAt(spec, field), [...path, field]),
  );
  return [
    ...env.flatMap(({ value, path: at }) =>
      value === undefined ? [] : [{ text: value, path: [...at, 'value'], ...base }],
    ),
    ...words.map(found => ({ ...base, ...found })),
  ];
}
