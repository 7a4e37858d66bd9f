import { isMap, mapAt, textAt } from '../core/json.ts';
import { fateOfSet } from './core/volumes.ts';
import type { DataFate } from './facets.ts';
import { type Find, type Kind, type PlacedObject, specOf } from './kind.ts';
import { PULLS } from './pods.ts';
import { readers, referenceReaders, specFields, specReads } from './secret-refs.ts';

const MONITORING = 'monitoring.coreos.com';

/** Kinds that name what is scraped and where alerts are sent, with logins and certificates. */
const targets = referenceReaders(
  MONITORING,
  'AlertmanagerConfig PodMonitor Probe PrometheusRule ScrapeConfig ServiceMonitor',
);

const programReads = readers(
  specReads,
  specFields('volume', { 'secrets.*': [] }),
  specFields('ref', { configSecret: [] }),
  specFields('pull', PULLS),
);

/** The programs that the operator runs, and the word with which the names of their Secrets begin. */
const PROGRAMS: Readonly<Record<string, string>> = {
  Alertmanager: 'alertmanager',
  Prometheus: 'prometheus',
  PrometheusAgent: 'prom-agent',
  ThanosRuler: 'thanos-ruler',
};

const programs = Object.entries(PROGRAMS).map(
  ([kind, word]): Kind => ({
    group: MONITORING,
    kind,
    data: { fate: storageFate },
    provides: { services: () => [`${word}-operated`] },
    reads: programReads,
    secrets: {
      /** An Alertmanager runs without this Secret too. */
      possibleNames: object => [textAt(specOf(object), 'configSecret') ?? ''],
      mayMake: ({ name }, secret) => secret.startsWith(`${word}-${name}`),
    },
  }),
);

/** The kinds of the Prometheus operator (docs/facts/operators.md#prometheus-operator). */
export const prometheusOperator: readonly Kind[] = [...targets, ...programs];

/** Without a claim template its data is lost with its pods. */
function storageFate(object: PlacedObject, find: Find): DataFate | undefined {
  const { volumeClaimTemplate } = mapAt(specOf(object), 'storage');
  const claims = isMap(volumeClaimTemplate) ? [mapAt(volumeClaimTemplate, 'spec')] : [];
  return fateOfSet(object, ['persistentVolumeClaimRetentionPolicy'], claims, find);
}
