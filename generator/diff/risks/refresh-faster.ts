import { listAt } from '../../core/json.ts';
import { refreshOf } from '../../kinds/eso/group.ts';
import { remoteNamespaceOf, storeOf } from '../../kinds/eso/stores.ts';
import type { Diff } from '../diff.ts';
import { pushChanges, type SpecOnBothSides, specChanges } from '../facts/secrets.ts';
import { storeRefs } from '../facts/values.ts';
import { fieldPlace, nameOf, type Risk, type RiskRule, warn } from '../risk.ts';

export const refreshFaster: RiskRule = warn('refresh-faster', function* (diff) {
  for (const spec of [...specChanges(diff), ...pushChanges(diff)]) yield* risksOf(diff, spec);
});

const MANY_TIMES = 10;
const SHORT = 600;
const DAY = 86_400;

function* risksOf(diff: Diff, spec: SpecOnBothSides): Iterable<Risk> {
  const { change, path, before, after } = spec;
  const [was, is] = [refreshOf(before), refreshOf(after)];
  const [old = 0, now = 0] = [was.seconds, is.seconds];
  if (!was.isActive || !is.isActive || old <= 0 || now <= 0) return;
  if (now >= SHORT || now * MANY_TIMES > old || isOfCluster(diff, spec)) return;
  const entries = Math.max(1, listAt(after, 'data').length + listAt(after, 'dataFrom').length);
  const perDay = (seconds: number): number => Math.max(1, Math.round((entries * DAY) / seconds));
  yield {
    ...fieldPlace(change, [...path, 'refreshInterval']),
    message: `${nameOf(change.head)} asks its provider ${Math.round(old / now)} times as often (${was.interval ?? '1h'} → ${is.interval ?? '1h'}): about ${perDay(now)} entries a day in place of ${perDay(old)}`,
    hint: 'Leave the interval long, and have a refresh when one is needed: the annotation force-sync with a new value.',
  };
}

function isOfCluster({ head }: Diff, { after, path, change }: SpecOnBothSides): boolean {
  const refs = [...storeRefs(after, path).values()];
  const stores = refs.map(ref => storeOf(head.find, ref, change.head.namespace));
  const remote = stores.map(store => store && remoteNamespaceOf(store));
  return remote.length > 0 && !remote.includes(undefined);
}
