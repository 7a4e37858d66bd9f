import type { Path } from '../ground/finding.ts';
import { listAt, mapAt } from '../ground/json.ts';
import { textsIn } from '../ground/json-walk.ts';
import { oncePer } from '../ground/once-per.ts';
import { valueAt } from '../ground/value-path.ts';
import type { Item } from '../kinds/kind.ts';
import type { Container } from '../kinds/pods.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A text of a manifest in which a host may stand. */
export interface PlacedText {
  readonly item: Item;
  /** The namespace that short names resolve in. */
  readonly namespace: string;
  readonly text: string;
  readonly path: Path;
  readonly container?: Container;
}

/** All texts where hosts stand: variables, arguments, templates, collectors' configurations. */
export const placedTexts: (graph: SecretGraph) => readonly PlacedText[] = oncePer(
  ({ pods, externalSecrets, items }) => [
    ...pods.flatMap(({ containers }) => containers.flatMap(containerTexts)),
    ...externalSecrets.flatMap(({ item, namespace, path, spec }) => {
      const at = [...path, 'target', 'template', 'data'];
      const texts = textsIn(mapAt(spec, 'target', 'template', 'data'), at);
      return texts.map(found => ({ item, namespace, ...found }));
    }),
    ...items.flatMap(settingsTexts),
  ],
);

/** The texts of what is a program's configuration, such as a collector's. */
function settingsTexts(item: Item): PlacedText[] {
  const path = item.known?.settings;
  const { namespace } = item;
  if (path === undefined) return [];
  const texts = textsIn(valueAt(item.object, path), path);
  return texts.map(found => ({ item, namespace, ...found }));
}

function containerTexts(container: Container): PlacedText[] {
  const { item, path, spec, env } = container;
  const base = { item, namespace: item.namespace, container };
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
