import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { isFetched } from '../../kinds/eso/group.ts';
import { type Rule, warning } from '../rule.ts';

export const refreshStopped: Rule = warning('refresh-stopped', 'specs', secret => {
  const stop = isFetched(secret.spec) ? stopOf(secret) : undefined;
  if (stop === undefined) return undefined;
  return {
    path: stop.path,
    message: `Secret "${secret.target}" is fetched once and never again, because ${stop.why}`,
    hint: 'A value that changes in the store never arrives. Set refreshPolicy to Periodic, or leave it out, with a refreshInterval such as 1h; for a value that must not change, leave refreshInterval out and say CreatedOnce.',
  };
});

function stopOf({ path, refresh: { policy, interval, seconds } }: ExternalSecret) {
  const at = [...path, 'refreshInterval'];
  if (policy !== 'CreatedOnce' && policy !== 'OnChange')
    return seconds === 0 ? { path: at, why: 'refreshInterval is zero' } : undefined;
  const isIgnored = interval !== undefined && interval !== '1h0m0s' && seconds !== 0;
  const why = `refreshPolicy ${policy} ignores the refreshInterval of "${interval}"`;
  return isIgnored ? { path: [...path, 'refreshPolicy'], why } : undefined;
}
