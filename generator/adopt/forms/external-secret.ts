import { type Json, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { RELOAD_LABEL } from '../../kinds/cnpg/group.ts';
import { BASIC_AUTH } from '../../kinds/core/secret.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { GENERATORS } from '../../kinds/eso/group.ts';
import { passwordGenerator } from '../../kinds/eso/password.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { Wanted } from '../wanted.ts';
import type { Alternative, Form, FormContext } from './form.ts';
import { given, unless } from './given.ts';
import { isGivenLogin } from './logins.ts';
import { entryKeys } from './secret-keys.ts';
import { templateEntry } from './secret-template.ts';

/** An ExternalSecret, by the name of its Secret, with its generator if it has one. */
export const externalSecretForm: Form = {
  section: 'secrets',
  kinds: [externalSecret],
  nameOf: targetOf,
  ways: (object, context) => {
    const generated = generatorOf(object, context.wanted);
    const sources = entryKeys(object, context, generated !== undefined);
    if (sources.length === 0) return 'it gives a key twice';
    return sources.map(({ way, keys }) => secretWay(way, keys, object, context, generated));
  },
};

function secretWay(
  way: string,
  keys: JsonObject,
  object: PlacedObject,
  context: FormContext,
  generator: PlacedObject | undefined,
): Alternative {
  const spec = specOf(object);
  const target = mapAt(spec, 'target');
  const template = mapAt(target, 'template');
  const store = textAt(spec, 'secretStoreRef', 'name');
  const login = isGivenLogin(targetOf(object), context);
  const interval = shortInterval(spec['refreshInterval']);
  const entry = given({
    store,
    generator: generator && generatorEntry(generator),
    ...keys,
    template: templateEntry(template, textAt(keys, 'from'), context),
    templateFrom: template['templateFrom'],
    mergePolicy: unless(template['mergePolicy'], 'Replace'),
    type: unless(template['type'], login ? BASIC_AUTH : ''),
    labels: withoutLabel(mapAt(template, 'metadata', 'labels'), login ? RELOAD_LABEL : undefined),
    annotations: mapAt(template, 'metadata', 'annotations'),
    immutable: target['immutable'],
    refreshInterval: isMadeAgain(generator, spec) ? interval : unless(interval, '1h'),
    refreshPolicy: spec['refreshPolicy'],
    creationPolicy: unless(target['creationPolicy'], 'Owner'),
    deletionPolicy: unless(target['deletionPolicy'], 'Retain'),
    externalSecret: unless(object.name, targetOf(object)),
  });
  return { way, entry, covers: [object, ...(generator === undefined ? [] : [generator])] };
}

/** Whether a value is made anew at each refresh: without an interval the spec has it made once. */
function isMadeAgain(generator: PlacedObject | undefined, spec: JsonObject): boolean {
  return generator?.known?.generates !== undefined && spec['refreshPolicy'] === undefined;
}

/** `1h0m0s` as people write it. */
function shortInterval(interval: Json | undefined): Json | undefined {
  if (typeof interval !== 'string') return interval;
  return interval.replace(/(?<=[hm])0s$/, '').replace(/(?<=h)0m$/, '');
}

function withoutLabel(labels: JsonObject, label: string | undefined): JsonObject {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== label));
}

function targetOf(object: PlacedObject): string {
  return textAt(specOf(object), 'target', 'name') ?? object.name;
}

/** The generator of the same name, which the first entry of dataFrom asks. */
function generatorOf(object: PlacedObject, { find }: Wanted): PlacedObject | undefined {
  const [first] = partsOf(specOf(object), ['spec']).dataFrom;
  const name = targetOf(object);
  if (first?.generator?.name !== name) return undefined;
  const generator = find(first.generator.kind, name);
  return generator?.group === GENERATORS ? generator : undefined;
}

function generatorEntry(generator: PlacedObject): JsonObject {
  if (generator.known !== passwordGenerator)
    return { kind: generator.kind, spec: specOf(generator) };
  return { spec: { allowRepeat: false, ...specOf(generator) } };
}
