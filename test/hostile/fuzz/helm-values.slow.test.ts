import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runMain } from '../../machine.ts';
import { hold } from './hold.ts';

/** Words of values, and some that are none. */
const WORDS = `controllers containers initContainers main app env envFrom valueFrom secretKeyRef secretRef
  name key identifier enabled type secret configMap persistence globalMounts advancedMounts
  service ports port ingress tls secretName secrets stringData configMaps data rawResources
  manifest apiVersion kind metadata externalSecrets target serviceAccount create global
  defaultPodOptions defaultContainerOptions annotations imagePullSecrets existingSecret`;
const word = fc.constantFrom(
  ...WORDS.split(/\s+/),
  ...['__proto__', 'toString', 'constructor', '{{ .Release.Name }}', '{{', '', 'a.b', 'a\\.b', '0'],
);

const leaf = fc.oneof(word, fc.constantFrom(null, true, false, 0, -1, 1e9, 0.5));

const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.dictionary(word, tie('value'), { maxKeys: 5 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));

const entries = fc.dictionary(word, value, { maxKeys: 4 });

const container = fc.record(
  { image: value, env: value, envFrom: value, command: value, enabled: leaf },
  { requiredKeys: [] },
);

const controller = fc.record(
  {
    type: fc.constantFrom('deployment', 'cronjob', 'job', 'statefulset', 'toString', null),
    containers: fc.dictionary(word, fc.oneof(container, value), { maxKeys: 3 }),
    initContainers: fc.oneof(fc.dictionary(word, container, { maxKeys: 2 }), value),
    defaultContainerOptions: fc.oneof(container, value),
    serviceAccount: value,
    pod: value,
    annotations: value,
  },
  { requiredKeys: ['containers'] },
);

/** In the shape of app-template, with anything at its ends. */
const values = fc.record(
  {
    controllers: fc.dictionary(word, fc.oneof(controller, value), { maxKeys: 3 }),
    ...Object.fromEntries(
      'persistence service ingress secrets configMaps externalSecrets serviceAccount rawResources extraObjects global defaultPodOptions'
        .split(' ')
        .map(field => [field, fc.oneof(entries, value)]),
    ),
  },
  { requiredKeys: ['controllers'] },
);

function manifests(found: unknown, chart: string, valuesFrom: unknown): string {
  const json = JSON.stringify(found);
  const source = { chart, helm: { values: json, parameters: valuesFrom } };
  const release = { chart: { spec: { chart } }, values: found, valuesFrom };
  return [
    ['v1', 'ConfigMap', 'more', { data: { 'values.yaml': json } }] as const,
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'shop', { spec: release }] as const,
    ['argoproj.io/v1alpha1', 'Application', 'shop', { spec: { source } }] as const,
  ]
    .map(([apiVersion, kind, name, fields]) =>
      JSON.stringify({ apiVersion, kind, metadata: { name, namespace: 'apps' }, ...fields }),
    )
    .join('\n---\n');
}

const sources = fc.array(
  fc.dictionary(
    fc.constantFrom('kind', 'name', 'valuesKey', 'targetPath', 'value', 'optional'),
    fc.oneof(leaf, fc.constantFrom('ConfigMap', 'Secret', 'more')),
  ),
  { maxLength: 3 },
);

test.for(['app-template', 'other'])('no values of %s stop lint or graph', async chart => {
  await hold(`values of ${chart}`, 40, [values, sources], async (found, from) => {
    const text = manifests(found, chart, from);
    expect((await runMain('.', 'lint -', text)).status).toBeLessThan(2);
    expect((await runMain('.', 'graph -', text)).status).toBeLessThan(2);
  });
});

test('values as deep and as wide as YAML may be are read', async () => {
  const deep = `${'{ a: '.repeat(150)}{ existingSecret: x }${' }'.repeat(150)}`;
  const wide = `{ ${Array.from({ length: 5000 }, (_, index) => `k${index}: { existingSecret: s${index} }`).join(', ')} }`;
  for (const found of [deep, wide]) {
    const text = manifests({}, 'other', []).replace('"values":{}', `"values":${found}`);
    expect((await runMain('.', 'lint -', text)).status).toBeLessThan(2);
  }
});
