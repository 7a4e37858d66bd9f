import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { beforeAll, expect, test } from 'vitest';
import {
  folderOf,
  kustomizeBuild,
  lastingFolder,
  type Ran,
  readText,
  root,
  runLater,
  runMain,
} from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import type { Dumped } from '../doctor/broken-clusters.ts';

const SPEC = specOf(`
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1, prefix: /shop } } }
secrets: { api-keys: { store: aws, keys: { stripe: stripe-key } }, jwt: { manual: [signing.pem] } }
workloads: { api: { image: 'shop/api:1', env: { KEY: { secret: jwt, key: signing.pem }, STRIPE: { secret: api-keys, key: stripe } } } }
environments: { dev: {}, prod: { namespace: shop-prod } }
`);

const environments = { dev: 'shop', prod: 'shop-prod' };
const built = new Map<string, readonly Dumped[]>();

const folder = lastingFolder();
beforeAll(async () => {
  writeFileSync(join(folder, 'rem-secrets.yaml'), SPEC);
  expect((await runMain(folder, ['expand'])).status).toBe(0);
  for (const name of Object.keys(environments))
    built.set(name, kustomizeBuild(`${folder}/overlays/${name}`));
});

/** What the cluster of an environment has: its objects, with what controllers add, and its Secrets. */
function clusterOf(environment: keyof typeof environments): Dumped[] {
  const namespace = environments[environment];
  const objects = structuredClone(built.get(environment) ?? []);
  for (const object of objects) {
    if (/Store$|^ExternalSecret$/.test(object.kind))
      object.status = {
        refreshTime: '2026-11-20T11:40:00Z',
        conditions: [{ type: 'Ready', status: 'True', reason: 'Valid', message: '' }],
      };
    // What defaulting and webhooks add is nobody's drift.
    if (object.kind === 'Deployment') object.spec.template.spec.containers[0].terminationGrace = 1;
  }
  const made = load(readText(import.meta.dirname, 'made.yaml').replaceAll('NAMESPACE', namespace));
  return [...objects, ...(made as Dumped[])];
}

function find(objects: readonly Dumped[], kind: string): Dumped {
  return objects.find(object => object.kind === kind);
}

/** The files of a dump. */
function dumped(folder: string, objects: readonly Dumped[]): [string, string][] {
  return [
    [`${folder}/all.json`, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })],
  ];
}

async function status(files: readonly [string, string][], ...args: string[]): Promise<Ran> {
  const folder = folderOf([['rem-secrets.yaml', SPEC], ...files]);
  await runMain(folder, ['expand']);
  return runMain(folder, args);
}

const BOTH = ['status', '--from', 'dev=a', '--from', 'prod=b'];
const ONE = ['status', '--from', 'a', '-e', 'dev'];

test('all is in sync, on one screen', async () => {
  const files = [...dumped('a', clusterOf('dev')), ...dumped('b', clusterOf('prod'))];
  const { status: code, stdout, stderr } = await status(files, ...BOTH);
  expect(stdout).toMatchInlineSnapshot(`
    "ENVIRONMENT  SECRET              FLOW  SPEC     WRITTEN  REFRESHED  NEXT
    dev          shop/api-keys       well  in sync  3h       20m        in 40m
    dev          shop/jwt            well  in sync  3h       -          -
    prod         shop-prod/api-keys  well  in sync  3h       20m        in 40m
    prod         shop-prod/jwt       well  in sync  3h       -          -
    "
  `);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('what has drifted is told once, and what is missing', async () => {
  const [dev, prod] = [clusterOf('dev'), clusterOf('prod')];
  find(dev, 'ExternalSecret').spec.data[0].remoteRef.key = '/shop/other';
  find(dev, 'ExternalSecret').status.refreshTime = '2026-11-20T09:30:00Z';
  const left = prod.filter(({ kind }) => kind !== 'Deployment');
  left.push({ ...find(prod, 'Deployment'), metadata: { name: 'former', namespace: 'shop-prod' } });
  const files = [...dumped('a', dev), ...dumped('b', left)];
  const { status: code, stdout } = await status(files, ...BOTH);
  expect(stdout).toMatchInlineSnapshot(`
    "ENVIRONMENT  SECRET              FLOW                       SPEC     WRITTEN  REFRESHED  NEXT
    dev          shop/api-keys       broken at external-secret  drifted  3h       2h         overdue 90m
    dev          shop/jwt            well                       in sync  3h       -          -
    prod         shop-prod/api-keys  broken at pods             missing  3h       20m        in 40m
    prod         shop-prod/jwt       broken at pods             missing  3h       -          -
    rem-secrets.yaml:7:14: ExternalSecret shop/api-keys has drifted: spec.data[stripe].remoteRef.key
    rem-secrets.yaml:8:16: Deployment shop-prod/api is not there
    "
  `);
  expect(code).toBe(1);
});

test('what a dump does not show is unknown, and no fault', async () => {
  const some = clusterOf('dev').filter(({ kind }) => kind === 'Secret');
  const { status: code, stdout } = await status(dumped('a', some), ...ONE);
  expect(stdout).toMatch(/^dev +shop\/jwt +pods unknown +unknown /m);
  expect(code).toBe(0);
});

test('a file of a dump that cannot be read is exit 2, where nothing else is wrong', async () => {
  const files = dumped('a', clusterOf('dev'));
  const cut: [string, string] = ['a/pods.json', '{"kind":"Lis'];
  const { status: code, stdout, stderr } = await status([...files, cut], ...ONE);
  expect(stdout).toMatch(/^dev +shop\/jwt +well +in sync /m);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'rem-secrets: pods.json is left out: it is no JSON\n',
  });
});

test('what is fetched once has no next time', async () => {
  const dev = clusterOf('dev');
  find(dev, 'ExternalSecret').spec.refreshPolicy = 'CreatedOnce';
  const { stdout } = await status(dumped('a', dev), ...ONE);
  expect(stdout).toMatch(/shop\/api-keys .* 20m +never$/m);
});

test.for([
  [['status', '--from', 'absent', '-e', 'dev'], 'there is no folder absent'],
  [[...ONE, '--context', 'dev=b'], 'environment "dev" has a context and a dump'],
  [ONE.slice(0, 3), 'dev, prod are in several clusters: name that of each with --context'],
  [['status', '-e', 'qa'], 'qa'],
] as const)('%j', async ([args, words]) => {
  const { status: code, stdout, stderr } = await status(dumped('a', clusterOf('dev')), ...args);
  expect(stderr).toContain(words);
  expect({ code, stdout }).toEqual({ code: words === 'qa' ? 1 : 2, stdout: '' });
});

test('each environment is asked for in its own context', async () => {
  const folder = folderOf([['rem-secrets.yaml', SPEC]]);
  await runMain(folder, ['expand']);
  const contexts: string[] = [];
  const serve = async (_: string, args: (socket: string) => readonly string[]) => {
    contexts.push(...args('').filter(arg => arg.startsWith('--context')));
    return { get: async () => ({ status: 404, text: '{}' }), stop: () => {} };
  };
  const given = ['status', '--context', 'prod=eks-prod', '--context', 'kind'];
  const { stdout } = await runLater(folder, given, { serve });
  expect(contexts).toEqual(['--context=kind', '--context=eks-prod']);
  expect(stdout).toMatch(/^prod +shop-prod\/jwt +broken at secret +missing/m);
});

test('of the dump of the README all is well', async () => {
  const from = ['--from', 'test/operate/status/dump', '-e', 'dev'];
  const { status: code, stdout } = await runMain(root, ['status', ...from]);
  const [head, ...lines] = stdout.trim().split('\n');
  expect(head).toMatch(/^ENVIRONMENT/);
  expect(lines.filter(line => !/ well +in sync /.test(line))).toEqual([]);
  expect(code).toBe(0);
  expect(await runMain(root, ['doctor', ...from])).toMatchObject({ status: 0, stdout: '' });
});
