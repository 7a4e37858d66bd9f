import { type JsonObject, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { awsReads } from '../../graph/aws-entries.ts';
import type { AwsStore } from '../../kinds/eso/stores.ts';
import { error, type Rule } from '../rule.ts';

export const findPrefix: Rule = error('find-prefix', awsReads, ({ path, store, find }) => {
  const prefix = textAt(store.settings, 'prefix') ?? '';
  if (find === undefined || prefix === '' || isUnresolved(prefix)) return undefined;
  const fault = faultOf(store, find, prefix);
  if (fault === undefined) return undefined;
  return {
    path,
    message: `${fault}, and the store has the prefix "${prefix}"`,
    hint: `Write path: ${prefix.replace(/(?<=.)\/$/, '')} in the search, or take a store without a prefix for it.`,
    related: [{ object: store.object, path: [...store.path, 'prefix'], note: 'the prefix' }],
  };
});

/** What a search misses: ESO puts the prefix before names, not before a search (docs/facts/eso.md#calls-to-aws). */
function faultOf({ service }: AwsStore, find: JsonObject, prefix: string): string | undefined {
  const path = textAt(find, 'path');
  const pattern = textAt(find, 'name', 'regexp') ?? '';
  if (service === 'SecretsManager')
    return path === undefined && pattern !== ''
      ? 'what is found by name alone is fetched by the prefix and its whole name'
      : undefined;
  if (path === undefined)
    return pattern.includes(prefix.replace(/\/$/, '')) ? undefined : 'this searches everywhere';
  const isBelow = `${path}/`.startsWith(prefix) || isUnresolved(path);
  return isBelow ? undefined : `this searches below "${path}" and nowhere else`;
}
