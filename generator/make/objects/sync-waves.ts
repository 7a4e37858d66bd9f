import type { Fault, Report } from '../../ground/finding.ts';
import { type BuiltObject, type KubeObject, refOf } from '../../ground/kube-object.ts';

const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

/**
 * Each object with its Argo CD sync wave: one more than the highest wave of what it needs, so that
 * the order is that of the real dependencies and there are no more waves than they ask for.
 */
export function withSyncWaves(built: readonly BuiltObject[], report: Report): BuiltObject[] {
  const byRef = new Map(built.map(entry => [refOf(entry.object), entry]));
  const waves = new Map<string, number>();
  const waveOf = (ref: string, entry: BuiltObject, chain: readonly string[]): number => {
    const known = waves.get(ref);
    if (known !== undefined) return known;
    if (chain.includes(ref)) {
      report(cycle(entry, [...chain.slice(chain.indexOf(ref)), ref]));
      return 0;
    }
    let wave = 0;
    for (const need of entry.needs) {
      const needed = byRef.get(need);
      if (needed !== undefined) wave = Math.max(wave, 1 + waveOf(need, needed, [...chain, ref]));
    }
    waves.set(ref, wave);
    return wave;
  };
  return built.map(entry => ({
    ...entry,
    object: annotated(entry.object, waveOf(refOf(entry.object), entry, [])),
  }));
}

function annotated(object: KubeObject, wave: number): KubeObject {
  const { name, namespace, labels, annotations } = object.metadata;
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels }),
    annotations: { [SYNC_WAVE]: String(wave), ...annotations },
  };
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}

function cycle({ path }: BuiltObject, loop: readonly string[]): Fault {
  return {
    id: 'dependency-cycle',
    message: `objects wait for each other in a circle: ${loop.join(' → ')}`,
    hint: 'Take one of the references away: no order of creation can satisfy them all.',
    path,
  };
}
