import { textsUnder } from '../../core/json.ts';
import { knownNames, matchesGlob } from '../../core/names.ts';
import { awsName, isNameOutside } from '../../graph/aws-entries.ts';
import { pushSpecs, type SecretGraph } from '../../graph/secret-graph.ts';
import { pushedNames } from '../../kinds/eso/external-secret.ts';
import { awsStore, storeOf } from '../../kinds/eso/stores.ts';
import type { StoreEntries } from '../../world/object-set.ts';
import { error, type Rule } from '../rule.ts';

export const unknownEntry: Rule = error('unknown-entry', readEntries, read => {
  const { path, store, name, entries } = read;
  if (entries === undefined || isNameOutside(name)) return undefined;
  const properties = propertiesOf(name, entries);
  if (properties === true) return undefined;
  if (properties !== undefined) return propertyFault(read, properties);
  return {
    path: [...path, 'key'],
    message: `${store} has no entry "${name}"`,
    hint: knownNames('entries of its inventory', name, Object.keys(entries)),
  };
});

function propertiesOf(name: string, entries: StoreEntries): true | readonly string[] | undefined {
  const names = [name, name.replace(/:[\w.-]{1,100}$/, '')];
  const entry = names.find(key => Object.hasOwn(entries, key));
  if (entry !== undefined) return entries[entry];
  return Object.entries(entries).find(
    ([pattern]) => /[*?]/.test(pattern) && matchesGlob(pattern, name),
  )?.[1];
}

function propertyFault(
  { path, name, property, way }: ReturnType<typeof readEntries>[number],
  properties: readonly string[],
) {
  const isText = properties.length === 0;
  if (isText && way === 'extract')
    return {
      path: [...path, 'key'],
      message: `the entry "${name}" is a text, and extract takes JSON apart`,
      hint: 'Fetch it with data, which gives it a key.',
    };
  if (way === 'tags' || property === undefined || hasProperty(properties, property))
    return undefined;
  return {
    path: [...path, 'property'],
    message: `the entry "${name}" has no property "${property}"`,
    hint: isText
      ? 'It is a text and has no properties: leave property out.'
      : knownNames('properties', property, properties),
  };
}

function hasProperty(properties: readonly string[], property: string): boolean {
  if (properties.includes(property) || /[\\#*?|@{[]/.test(property)) return true;
  return properties.includes(property.split('.')[0] ?? '');
}

/** What is read of stores, with the inventory of each, and without what is pushed there. */
function readEntries(graph: SecretGraph) {
  const { inventory = {} } = graph.outside;
  if (Object.keys(inventory).length === 0) return [];
  const pushed = new Set(pushSpecs(graph).flatMap(({ spec }) => pushedNames(spec)));
  const all = graph.specs.flatMap(({ object, namespace, data, dataFrom }) =>
    [...data, ...dataFrom].map(entry => ({ object, namespace, ...entry })),
  );
  return all.flatMap(({ object, namespace, ref, storeRef }) => {
    if (ref === undefined || ref.key === '' || pushed.has(ref.key) || !storeRef) return [];
    const { key, map, path } = ref;
    const { kind, name } = storeRef;
    const store = kind === 'SecretStore' ? `${kind}/${namespace}/${name}` : `${kind}/${name}`;
    const entries = Object.hasOwn(inventory, store) ? inventory[store] : undefined;
    const found = storeOf(graph.find, storeRef, namespace);
    const aws = found && awsStore(found);
    const inStore = aws === undefined ? key : awsName(aws, key);
    const [property, policy] = textsUnder(map, 'property', 'metadataPolicy');
    // `extract` takes the properties apart, and `Fetch` reads tags in their place.
    const way = policy === 'Fetch' ? 'tags' : path.at(-1);
    return [{ object, path, store, entries, name: inStore, property, way }];
  });
}
