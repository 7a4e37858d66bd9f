import { expect, test } from 'vitest';
import { casesIn } from '../../cases.ts';
import { brokenCluster, type Steps } from './broken-clusters.ts';
import { type Behaviour, FakeCluster, WATCHED } from './fake-cluster.ts';

/** What doctor says of a cluster, and what it does not say. */
interface Case {
  readonly broken?: string;
  readonly steps?: Steps;
  /** Of which it is asked, and not of a dump. */
  readonly server?: Behaviour;
  /** It is asked again until all is well, for a minute. */
  readonly isWatched?: boolean;
  readonly says?: string | readonly string[];
  readonly hides?: string;
  readonly stderr?: string;
  readonly status?: number;
}

const cases = casesIn<Case>(import.meta.dirname, 'said.yaml', [
  ...(['broken', 'steps', 'server', 'isWatched'] as const),
  ...(['says', 'hides', 'stderr', 'status'] as const),
]);

test.for(cases)('%s', async ([, one]) => {
  const { broken, steps, server, isWatched = false, says = [], hides, stderr, status = 0 } = one;
  const cluster = brokenCluster(broken, steps);
  const fake = new FakeCluster(cluster, server);
  const isAsked = isWatched || server !== undefined;
  const ran = isAsked
    ? await fake.run(isWatched ? WATCHED : ['doctor', 'in.yaml'])
    : await cluster.doctor();
  for (const words of [says].flat()) expect(ran.stdout).toContain(words);
  if (says.length === 0) expect(ran.stdout).toBe('');
  if (hides !== undefined) expect(ran.stdout).not.toContain(hides);
  if (stderr !== undefined) expect(ran.stderr).toBe(stderr);
  expect(ran.status).toBe(status);
});
