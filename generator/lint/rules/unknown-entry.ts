import { pushedKeys, type RemoteEntry, remoteEntries } from '../../graph/remote-entries.ts';
import { matchesGlob } from '../../ground/glob.ts';
import { knownNames } from '../../ground/suggest.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { StoreEntries } from '../../read/sets/object-set.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const unknownEntry: Rule = {
  id: 'unknown-entry',
  severity: 'error',
  summary:
    'Each entry and property that is fetched is in the inventory of its store, where there is one.',

  *check(graph) {
    const { inventory = {} } = graph.outside;
    if (Object.keys(inventory).length === 0) return;
    const pushed = pushedKeys(graph);
    for (const entry of remoteEntries(graph)) {
      const entries = Object.hasOwn(inventory, entry.store) ? inventory[entry.store] : undefined;
      if (entries === undefined || pushed.has(entry.key) || isOutside(entry.name)) continue;
      const fault = faultOf(entry, entries);
      if (fault !== undefined) yield fault;
    }
  },
};

/** What is not filled in yet, and what is named in another way than an inventory has it. */
function isOutside(name: string): boolean {
  return isUnresolved(name) || /^arn:|^\/aws\/(service|reference)\//.test(name);
}

function faultOf(entry: RemoteEntry, entries: StoreEntries): RuleFault | undefined {
  const { object, path, store, name } = entry;
  const properties = propertiesOf(name, entries);
  if (properties !== undefined) return propertyFault(entry, properties);
  return {
    object,
    path: [...path, 'key'],
    message: `${store} has no entry "${name}"`,
    hint: knownNames('entries of its inventory', name, Object.keys(entries)),
  };
}

/** By its name, by its name without the version behind it, or by a pattern. */
function propertiesOf(name: string, entries: StoreEntries): true | readonly string[] | undefined {
  const own = [name, name.replace(/:[\w.-]{1,100}$/, '')].find(key => Object.hasOwn(entries, key));
  if (own !== undefined) return entries[own];
  return Object.entries(entries).find(
    ([pattern]) => /[*?]/.test(pattern) && matchesGlob(pattern, name),
  )?.[1];
}

function propertyFault(
  { object, path, name, property, way }: RemoteEntry,
  properties: true | readonly string[],
): RuleFault | undefined {
  if (properties === true || way === 'tags') return undefined;
  const isText = properties.length === 0;
  if (isText && way === 'extract')
    return {
      object,
      path: [...path, 'key'],
      message: `the entry "${name}" is a text, and extract takes JSON apart`,
      hint: 'Fetch it with data, which gives it a key.',
    };
  if (property === undefined || hasProperty(properties, property)) return undefined;
  return {
    object,
    path: [...path, 'property'],
    message: `the entry "${name}" has no property "${property}"`,
    hint: isText
      ? 'It is a text and has no properties: leave property out.'
      : knownNames('properties', property, properties),
  };
}

/** A property is a path of gjson, `a.b.0`; of one that searches nothing is said. */
function hasProperty(properties: readonly string[], property: string): boolean {
  if (properties.includes(property) || /[\\#*?|@{[]/.test(property)) return true;
  return properties.includes(property.split('.')[0] ?? '');
}
