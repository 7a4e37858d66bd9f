import type { JsonObject } from '../../core/json.ts';
import { isFetched, type Refresh, refreshOf } from '../../kinds/eso/group.ts';
import { pushChanges, specChanges, targetOf } from '../facts/secrets.ts';
import { fieldPlace, nameOf, type RiskRule, warn } from '../risk.ts';

export const rotationStopped: RiskRule = warn('rotation-stopped', function* (diff) {
  for (const { change, path, before, after } of specChanges(diff)) {
    const [was, is] = [refreshOf(before), refreshOf(after)];
    if (!was.isActive || is.isActive || !isFetched(after)) continue;
    const { field, text } = causeOf(is);
    yield {
      ...fieldPlace(change, [...path, ...field]),
      message: `${nameOf(change.head)} does not refresh Secret "${targetOf(after)}" any more (${text}): rotations in the provider do not reach it`,
      hint: 'Leave refreshInterval above zero and refreshPolicy at Periodic, unless the value never changes.',
    };
  }
  for (const { change, path, before, after } of pushChanges(diff)) {
    if (!isPushing(before) || isPushing(after)) continue;
    const field = after['updatePolicy'] === 'IfNotExists' ? 'updatePolicy' : 'refreshInterval';
    yield {
      ...fieldPlace(change, [...path, field]),
      message: `${nameOf(change.head)} does not push again (${field}: ${after[field]}): rotations here do not reach the provider`,
      hint: 'Leave refreshInterval above zero and updatePolicy at Replace.',
    };
  }
}).inPlaceOf('refresh-stopped');

function isPushing(spec: JsonObject): boolean {
  return refreshOf(spec).isActive && spec['updatePolicy'] !== 'IfNotExists';
}

function causeOf({ policy, seconds, interval, isImmutable }: Refresh) {
  if (policy === 'CreatedOnce' || policy === 'OnChange')
    return { field: ['refreshPolicy'], text: `refreshPolicy: ${policy}` };
  if (isImmutable && seconds !== 0)
    return { field: ['target', 'immutable'], text: 'target.immutable: true' };
  return { field: ['refreshInterval'], text: `refreshInterval: ${interval}` };
}
