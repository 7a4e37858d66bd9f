import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { storedForm } from '../generator/spec/objects/patches.ts';
import { faults } from './e2e/cases.ts';
import { brokenCases } from './e2e/doctor/broken-cases.ts';
import { type Observed, observedFolder, recorded } from './e2e/observed.ts';
import { disagreements, predictedSecrets, predictedServices } from './e2e/predict.ts';
import { cluster, clusters, golden, known, type ManifestSet } from './e2e/sets.ts';
import { readText, root } from './machine.ts';

/* What `make e2e` has seen of the real components, held against what is predicted today. */

const sets: readonly (readonly [string, () => ManifestSet])[] = [
  ...(['rem-shared', 'rem-prod'] as const).map(name => [name, () => cluster(name)] as const),
  ...Object.keys(known.goldens).map(name => [name, () => golden(name)] as const),
];

describe('what is predicted of a set was seen', () => {
  test.for(sets)('%s', ([name, set]) => {
    const { secrets, services } = recorded<Observed>(name);
    expect(disagreements(predictedSecrets(set()), secrets)).toEqual(known.limits[name] ?? []);
    expect(Object.keys(services)).toEqual(predictedServices(set()));
  });
});

test('Services of a CNPG cluster: rw is the primary, ro are replicas, r is any instance', () => {
  const roles: Readonly<Record<string, object>> = {
    rw: { 'cnpg.io/instanceRole': 'primary' },
    ro: { 'cnpg.io/instanceRole': 'replica' },
    r: { 'cnpg.io/podRole': 'instance' },
  };
  const services = Object.keys(clusters).flatMap(name =>
    Object.entries(recorded<Observed>(name).services),
  );
  expect(services.length).toBeGreaterThan(0);
  for (const [id, { selector, ports }] of services) {
    const [, name = '', role = ''] = /\/(.*)-(rw|ro|r)$/.exec(id) ?? [];
    expect({ selector, ports }, id).toEqual({
      selector: { 'cnpg.io/cluster': name, ...roles[role] },
      ports: [5432],
    });
  }
});

describe('what admission adds', () => {
  const additions = recorded<Readonly<Record<string, object>>>('additions');

  test.for(Object.keys(additions).filter(kind => kind !== 'Cluster'))('%s: nothing', kind => {
    expect(additions[kind]).toEqual({});
  });

  test('Cluster: what the operator fills in, and no field that we write ourselves', () => {
    const bare = {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      metadata: { name: 'db' },
      spec: {},
    };
    const ours = Object.keys(storedForm(bare)['spec'] as object);
    const added = Object.keys(additions['Cluster'] ?? {});
    expect(added).toContain('spec.imageName');
    expect(added.filter(path => ours.includes(path.slice('spec.'.length)))).toEqual([]);
  });
});

describe('a rule page has the words of the component', () => {
  const seen = recorded<Readonly<Record<string, Readonly<Record<string, string>>>>>('faults');

  test.for([...Object.entries(faults.refused), ...Object.entries(faults.neverReady)])(
    '%s',
    ([rule, words]) => {
      const page = readText(root, 'generator/lint/rules', `${rule}.md`);
      for (const [entry, text] of Object.entries(words)) {
        expect(seen[rule]?.[entry]).toContain(text);
        expect(page).toContain(text);
      }
    },
  );
});

test('doctor told the link that was broken, of every stack', () => {
  const links = Object.entries(brokenCases).map(([name, { link }]) => [name, link]);
  expect(recorded('doctor')).toEqual(Object.fromEntries(links));
});

test('every observation is of something that is still tried', () => {
  const names = readdirSync(observedFolder).map(file => file.replace(/\.json$/, ''));
  const tried = [
    ...sets.map(([name]) => name),
    'additions',
    'argocd',
    'doctor',
    'faults',
    'versions',
  ];
  expect(names.filter(name => !tried.includes(name))).toEqual([]);
});
