import type { Item } from '../../graph/item.ts';
import { durationSeconds } from '../../ground/go-duration.ts';
import { mapAt } from '../../ground/json.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { Rule } from '../rule.ts';

export const refreshInterval: Rule = {
  id: 'refresh-interval',
  severity: 'error',
  summary: 'Each refresh interval is a duration that ESO can read.',

  *check({ byKind }) {
    for (const [kind, ...paths] of FIELDS) {
      for (const item of byKind(kind)) {
        for (const path of paths) {
          const value = valueAt(item, path);
          if (value === undefined || value === null || isDuration(value)) continue;
          yield {
            item,
            path,
            message: `${textOf(value)} is not a duration that ESO can read`,
            hint: 'Write it as text with the units h, m and s: "24h" for a day, "1h30m", "0s" for never.',
          };
        }
      }
    }
  },
};

/** Where ESO's kinds have durations; a store's refreshInterval is a number of seconds. */
const FIELDS: readonly (readonly [kind: string, ...paths: readonly string[][]])[] = [
  ['ExternalSecret', ['spec', 'refreshInterval']],
  ['PushSecret', ['spec', 'refreshInterval']],
  [
    'ClusterExternalSecret',
    ['spec', 'refreshTime'],
    ['spec', 'externalSecretSpec', 'refreshInterval'],
  ],
  ['ClusterPushSecret', ['spec', 'refreshTime'], ['spec', 'pushSecretSpec', 'refreshInterval']],
];

function valueAt({ object, group }: Item, path: readonly string[]): unknown {
  if (group !== 'external-secrets.io') return undefined;
  return mapAt(object, ...path.slice(0, -1))[path.at(-1) ?? ''];
}

function isDuration(value: unknown): boolean {
  return typeof value === 'string' && (isUnresolved(value) || durationSeconds(value) !== undefined);
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'string' ? `"${value}"` : 'this';
}
