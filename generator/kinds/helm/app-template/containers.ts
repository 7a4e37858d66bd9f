import type { Path } from '../../../ground/finding.ts';
import {
  isMap,
  type Json,
  type JsonObject,
  mapAt,
  scalarText,
  textAt,
} from '../../../ground/json.ts';
import { copied, listPart, mapPart, type Part } from '../part.ts';
import type { App, AppEntry } from './app.ts';
import type { Located } from './app-object.ts';
import { envFromPart, envPart } from './env.ts';
import { mountsPart } from './volumes.ts';

/** A container of a controller, in the values. */
interface ContainerEntry {
  readonly app: App;
  readonly controller: AppEntry;
  readonly id: string;
  readonly values: JsonObject;
  readonly at: Path;
  /** What holds for all containers of the controller. */
  readonly defaults: JsonObject;
}

/** The containers of a field of a controller, by name as the library has them. */
export function containersPart(
  app: App,
  controller: AppEntry,
  field: 'initContainers' | 'containers',
): Part | undefined {
  const at = [...controller.at, field];
  const { values } = controller;
  const hasDefaults =
    field === 'containers' || values['applyDefaultContainerOptionsToInitContainers'] !== false;
  const defaults = hasDefaults ? mapAt(values, 'defaultContainerOptions') : {};
  const entries = Object.entries(mapAt(values, field)).flatMap(([id, own]) =>
    isMap(own) && own['enabled'] !== false
      ? [{ app, controller, id, values: own, at: [...at, id], defaults }]
      : [],
  );
  const sorted = entries.sort((a, b) => (a.id < b.id ? -1 : 1));
  return listPart(at, sorted.map(containerPart));
}

function containerPart(container: ContainerEntry): Part {
  const { app, controller, id, values, at } = container;
  const [envFrom] = optionOf(container, 'envFrom').slice(-1);
  return mapPart(at, {
    name: copied(at, textAt(values, 'nameOverride') ?? id),
    image: imagePart(container),
    command: wordsPart(container, 'command'),
    args: wordsPart(container, 'args'),
    env: envPart(optionOf(container, 'env')),
    envFrom: envFrom === undefined ? undefined : envFromPart(app, envFrom),
    restartPolicy: values['restartPolicy'] === 'Always' ? copied(at, 'Always') : undefined,
    volumeMounts: mountsPart(app, controller.id, id),
  });
}

/** The default of a field and the container's own, as far as they count; the last one wins. */
function optionOf({ values, at, defaults, controller }: ContainerEntry, field: string): Located[] {
  const [common, own] = [defaults, values].map(options => options[field]);
  const place = [...controller.at, 'defaultContainerOptions', field];
  const isMerging = controller.values['defaultContainerOptionsStrategy'] === 'merge';
  const isCommon = isGiven(common) && (!isGiven(own) || (isMerging && isMap(own)));
  return [
    ...(isCommon ? [{ at: place, value: common }] : []),
    ...(isGiven(own) ? [{ at: [...at, field], value: own }] : []),
  ];
}

function isGiven(value: Json | undefined): value is Json {
  if (value === undefined || value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

/** Repository and tag, or both in one text. */
function imagePart(container: ContainerEntry): Part {
  const sources = optionOf(container, 'image');
  const image = Object.assign({}, ...sources.map(({ value }) => mapAt(value)));
  const whole = sources.map(({ value }) => value).findLast(value => typeof value === 'string');
  const [repository, tag] = [image.repository, image.tag].map(scalarText);
  const at = sources.at(-1)?.at ?? container.at;
  return copied(at, whole ?? (tag === '' ? `${repository}` : `${repository}:${tag}`));
}

/** A command in one text is one word. */
function wordsPart(container: ContainerEntry, field: 'command' | 'args'): Part | undefined {
  const [words] = optionOf(container, field).slice(-1);
  if (words === undefined) return undefined;
  const { at, value } = words;
  if (typeof value === 'string') return listPart(at, [copied(at, value)]);
  const list = Array.isArray(value) ? value : [];
  return listPart(
    at,
    list.map((word, index) => copied([...at, index], scalarText(word))),
  );
}
