import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { dataOf, externalOf, joined, storeOf } from '../operate/aws-manifests.ts';
import { specOf } from '../spec-text.ts';

function each(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join(', ');
}

function deployment(containers: string, more = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: shop }
spec:
  selector: { matchLabels: { app: api } }
  template:
    metadata: { labels: { app: api } }
    spec: { containers: [${containers}]${more} }
`;
}

const store = storeOf('service: ParameterStore, region: eu-west-1');
const fetched = (count: number, more = ''): string =>
  externalOf(
    'made',
    'kind: ClusterSecretStore, name: aws',
    dataOf(Array.from({ length: count }, () => '/a')) + more,
  );

/** Each is some hundred KB, and took more than 7 s of CPU where something was looked up in a list for each of a list. */
const SHAPES: Readonly<Record<string, readonly [command: string, text: string]>> = {
  'volumes of one pod': [
    'graph .',
    deployment(
      `{ name: a, image: b, volumeMounts: [${each(2500, index => `{ name: v${index}, mountPath: /a/${index} }`)}] }`,
      `, volumes: [${each(2500, index => `{ name: v${index}, secret: { secretName: s${index} } }`)}]`,
    ),
  ],
  'names that differ in a letter': [
    'lint . --no-cache',
    joined(
      deployment(
        `{ name: a, image: b, envFrom: [${each(2500, index => `{ secretRef: { name: a-long-secret-name-${index} } }`)}] }`,
      ),
      ...Array.from({ length: 2000 }, (_, index) =>
        externalOf(`a-long-secret-nane-${index}`, 'name: aws', dataOf(['/a'])),
      ),
    ),
  ],
  'keys of templates that are not fetched': [
    'lint . --no-cache',
    joined(
      store,
      fetched(
        6500,
        `\n  target: { template: { data: { ${each(6500, index => `t${index}: '{{ .b${index} }}'`)} } } }`,
      ),
    ),
  ],
  'Applications of one set': [
    'lint .',
    `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: apps, namespace: argocd }
spec:
  generators: [{ list: { elements: [${each(1000, index => `{ path: p${index} }`)}] } }]
  template:
    metadata: { name: '{{path}}' }
    spec:
      project: default
      source: { repoURL: 'https://git.example.org/shop', path: '{{path}}' }
      destination: { server: 'https://kubernetes.default.svc', namespace: shop }
`,
  ],
  'entries that << takes': [
    'lint . --no-cache',
    `apiVersion: example.com/v1\nkind: Foo\nmetadata: { name: a }\na: &a { ${each(9000, index => `k${index}: v`)} }\n${Array.from({ length: 9000 }, (_, index) => `b${index}: { <<: *a }\n`).join('')}`,
  ],
  'containers with all keys of a Secret': [
    'runbook .',
    joined(
      `apiVersion: v1\nkind: Secret\nmetadata: { name: made, namespace: shop }\nstringData: { ${each(9000, index => `K${index}: a`)} }\n`,
      deployment(
        each(
          9000,
          index => `{ name: c${index}, image: b, envFrom: [{ secretRef: { name: made } }] }`,
        ),
      ),
    ),
  ],
};

test.for(Object.keys(SHAPES))('%s take no time that grows with their square', async name => {
  const [command, text] = SHAPES[name] ?? ['', ''];
  const folder = folderOf({ 'a.yaml': text });
  const before = process.cpuUsage();
  const { status } = await runMain(folder, command);
  const { user } = process.cpuUsage(before);
  expect([status, user < 7e6]).toEqual([expect.toBeOneOf([0, 1]), true]);
});

const COUNT = 1600;
const variables = each(COUNT, index => `E${index}: a`);
const named = (text: (index: number) => string): string =>
  specOf(
    `namespace: shop\nworkloads: { all: { image: a, env: { ${variables} } }, ${each(COUNT, text)} }`,
  );

/** Small specs that stand for millions of values. */
const SPECS: Readonly<Record<string, readonly [spec: string, said: string]>> = {
  'environments, each with the variables of the base': [
    specOf(
      `namespace: shop\nworkloads: { all: { image: a, env: { ${variables} } } }\nenvironments: { ${each(COUNT, index => `e${index}: {}`)} }`,
    ),
    'too-large',
  ],
  'workloads that extend one with many variables': [
    named(index => `w${index}: { extends: all }`),
    'too-large',
  ],
  'workloads that each extend the one before': [
    named(index => `w${index}: { extends: w${index - 1} }`),
    'too-large',
  ],
  'a file that is named very often': [
    specOf(
      `namespace: shop\nworkloads: { all: { image: a, args: [${each(COUNT, () => '{ file: text.txt }')}] } }`,
    ),
    'more than 32 MiB together',
  ],
};

test.for(Object.entries(SPECS))('%s are refused', async ([, [spec, said]]) => {
  const folder = folderOf({ 'rem-secrets.yaml': spec, 'text.txt': 'text '.repeat(5000) });
  const { status, stderr } = await runMain(folder, 'environments');
  expect([status, stderr]).toEqual([1, expect.stringContaining(said)]);
});
