import type { Path } from '../../core/finding.ts';
import { eachSpec } from '../../graph/secret-graph.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { isFetched } from '../../kinds/eso/group.ts';
import { type Rule, warning } from '../rule.ts';

export const refreshStopped: Rule = warning('refresh-stopped', function* ({ externalSecrets }) {
  for (const secret of eachSpec(externalSecrets)) {
    const stop = isFetched(secret.spec) ? stopOf(secret) : undefined;
    if (stop === undefined) continue;
    yield {
      object: secret.object,
      path: stop.path,
      message: `Secret "${secret.target}" is fetched once and never again, because ${stop.why}`,
      hint: 'A value that changes in the store never arrives. Set refreshPolicy to Periodic, or leave it out, with a refreshInterval such as 1h; for a value that must not change, leave refreshInterval out and say CreatedOnce.',
    };
  }
});

function stopOf({ path, refresh }: ExternalSecret): { path: Path; why: string } | undefined {
  const { policy, interval, seconds } = refresh;
  if (policy === 'CreatedOnce' || policy === 'OnChange')
    return interval !== undefined && interval !== '1h0m0s' && seconds !== 0
      ? {
          path: [...path, 'refreshPolicy'],
          why: `refreshPolicy ${policy} ignores the refreshInterval of "${interval}"`,
        }
      : undefined;
  return seconds === 0
    ? { path: [...path, 'refreshInterval'], why: 'refreshInterval is zero' }
    : undefined;
}
