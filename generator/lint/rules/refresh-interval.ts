import { valueAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { durationSeconds } from '../../core/units.ts';
import { error, type Rule } from '../rule.ts';

export const refreshInterval: Rule = error('refresh-interval', 'objects', function* (object) {
  for (const field of object.knownKind?.fields?.durations ?? []) {
    const path = ['spec', ...field.split('.')];
    const value = valueAt(object.json, path);
    if (value === undefined || value === null) continue;
    if (typeof value === 'string' && (isUnresolved(value) || durationSeconds(value) !== undefined))
      continue;
    yield {
      path,
      message: `${textOf(value)} is not a duration that ESO can read`,
      hint: 'Write it as text with the units h, m and s: "24h" for a day, "1h30m", "0s" for never.',
    };
  }
});

function textOf(value: unknown): string {
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'string' ? `"${value}"` : 'this';
}
