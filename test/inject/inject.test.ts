import { expect, test } from 'vitest';
import { expectStderr, objectsOf } from '../machine.ts';
import { deployment, injected, namesOf, podOf, podSpec, runInject } from './calls.ts';

const target = 'target: { kind: Deployment, name: api }';

function entry(fields: string, spec = ''): string {
  return `workloads:\n  api:\n    ${target}\n    ${fields.trim().replaceAll('\n', '\n    ')}\n${spec}`;
}

test('a variable comes after all others, or in front of the first that expands it', async () => {
  const manifest = deployment(
    '[{ name: api, image: "a:1", env: [{ name: ONE, value: a }, { name: DSN, value: "$(USER):$(PASSWORD)@db" }, { name: TWO, value: b }] }]',
  );
  const { containers } = await podOf(
    manifest,
    entry(`
env:
  USER: { secret: db, key: user }
  PASSWORD: { secret: db, key: password }
  REST: $(TWO)/$(PASSWORD)
  ALSO: text`),
  );
  expect(containers.flatMap(namesOf)).toEqual([
    ...['ONE', 'PASSWORD', 'USER', 'DSN', 'TWO'],
    ...['ALSO', 'REST'],
  ]);
});

test('ours stand in front of ours that expand them, be it by way of others', async () => {
  const manifest = deployment(
    '[{ name: api, image: "a:1", env: [{ name: FIRST, value: "$(C)" }] }]',
  );
  const { containers } = await podOf(manifest, entry('env: { A: x1, B: $(A), C: $(B) }'));
  expect(containers.flatMap(namesOf)).toEqual(['A', 'B', 'C', 'FIRST']);
});

test('where others stand in an order that it cannot fit in, it is an error', async () => {
  const manifest = deployment(
    '[{ name: api, image: "a:1", env: [{ name: EARLY, value: "$(OURS)" }, { name: LATE, value: x1 }] }]',
  );
  const { status, stdout, stderr } = await runInject(manifest, entry('env: { OURS: $(LATE) }'));
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('rem-secrets-injection.yaml:10:20: error: "OURS" refers to $(LATE)');
  expect(stderr).toContain('[variable-order]');
});

test('another value of the same name is an error, and is not shown', async () => {
  const manifest = deployment(
    '[{ name: api, image: "a:1", env: [{ name: PASSWORD, value: hunter2-old }] }]',
  );
  const { status, stdout, stderr } = await runInject(
    manifest,
    entry('env: { PASSWORD: { secret: db, key: password } }'),
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(
    /^rem-secrets-injection\.yaml:10:14: error: container "api" of Deployment shop\/api has PASSWORD already, with another value \[variable-conflict\]$/m,
  );
  expect(stderr).not.toContain('hunter2');
});

test('replace puts it in the very place, never with both value and valueFrom, and keeps no text', async () => {
  const manifest = deployment(
    '[{ name: api, image: "a:1", env: [{ name: A, value: x1 }, { name: PASSWORD, value: hunter2-old }, { name: Z, value: x2 }] }]',
  );
  const { stdout } = await runInject(
    manifest,
    entry('env: { PASSWORD: { secret: db, key: password } }\nreplace: true'),
  );
  expect(stdout).not.toContain('hunter2');
  expect(podSpec(objectsOf(stdout)).containers[0]?.env).toEqual([
    { name: 'A', value: 'x1' },
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
    { name: 'Z', value: 'x2' },
  ]);
});

test('sources of variables are appended, or come first where that is asked for; those there stay', async () => {
  const manifest = deployment(
    '[{ name: api, image: "a:1", envFrom: [{ configMapRef: { name: theirs } }, { secretRef: { name: keys } }] }]',
  );
  const { containers } = await podOf(
    manifest,
    entry('envFrom: [keys, more, { configMap: defaults, first: true, prefix: D_ }]'),
  );
  expect(containers[0]?.envFrom).toEqual([
    { prefix: 'D_', configMapRef: { name: 'defaults' } },
    { configMapRef: { name: 'theirs' } },
    { secretRef: { name: 'keys' } },
    { secretRef: { name: 'more' } },
  ]);
});

test('volumes have names that nothing else has, and containers share them', async () => {
  const manifest = deployment(
    '[{ name: api, image: "a:1", volumeMounts: [{ name: etc-tls, mountPath: /tmp }] }, { name: proxy, image: "b:1" }], volumes: [{ name: etc-tls, emptyDir: {} }, { name: theirs, secret: { secretName: shared } }]',
  );
  const pod = await podOf(
    manifest,
    entry(
      'mounts: { /etc/tls: { secret: api-tls }, /shared: { secret: shared }, /work: { volume: { emptyDir: {} } } }',
    ),
  );
  expect(pod.volumes).toEqual([
    { name: 'etc-tls', emptyDir: {} },
    { name: 'theirs', secret: { secretName: 'shared' } },
    { name: 'etc-tls-2', secret: { secretName: 'api-tls' } },
    { name: 'work', emptyDir: {} },
  ]);
  const ours = [
    { name: 'etc-tls-2', mountPath: '/etc/tls', readOnly: true },
    { name: 'theirs', mountPath: '/shared', readOnly: true },
    { name: 'work', mountPath: '/work' },
  ];
  expect(pod.containers.map(({ volumeMounts }) => volumeMounts)).toEqual([
    [{ name: 'etc-tls', mountPath: '/tmp' }, ...ours],
    ours,
  ]);
});

test('a directory at which something else is mounted is an error', async () => {
  const manifest = deployment(
    '[{ name: api, image: "a:1", volumeMounts: [{ name: a, mountPath: /etc/tls/ }] }], volumes: [{ name: a, emptyDir: {} }]',
  );
  expectStderr(
    await runInject(manifest, entry('mounts: { /etc/tls: { secret: tls } }')),
    1,
    ':10:17: error: container "api" of Deployment shop/api has something',
  );
});

test('all containers but init containers are meant, unless they are named', async () => {
  const manifest = deployment(
    '[{ name: api, image: "a:1" }, { name: worker, image: "a:1" }], initContainers: [{ name: migrate, image: "a:1" }, { name: proxy, image: "b:1", restartPolicy: Always }]',
  );
  const withA = async (containers: string): Promise<string[]> => {
    const { initContainers = [], containers: main } = await podOf(
      manifest,
      entry('env: { A: x1 }').replace('name: api }', `name: api${containers} }`),
    );
    return [...initContainers, ...main].filter(one => namesOf(one).length > 0).map(one => one.name);
  };
  expect(await withA('')).toEqual(['proxy', 'api', 'worker']);
  expect(await withA(', containers: [migrate]')).toEqual(['migrate']);
  expect(await withA(", containers: ['*']")).toEqual(['migrate', 'proxy', 'api', 'worker']);
  expect(await withA(", containers: ['w*']")).toEqual(['worker']);
});

test('Reloader restarts it for what the entry reads, beside what is listed', async () => {
  const annotations = async (more: string, template = ''): Promise<unknown> => {
    const manifest = deployment('[{ name: api, image: "a:1" }]', more).replace(
      'metadata: { labels: { app: api } }',
      `metadata: { labels: { app: api }${template} }`,
    );
    const [object] = await injected(
      manifest,
      entry(`
env: { A: { secret: b-keys, key: a }, C: { configMap: flags, key: c } }
envFrom: [a-keys, theirs]
mounts: { /etc/tls: { secret: tls } }
reload: true`),
    );
    const { metadata, spec } = object as unknown as {
      metadata: { annotations: Record<string, string> };
      spec: { template: { metadata: { annotations?: Record<string, string> } } };
    };
    return [metadata.annotations, spec.template.metadata.annotations ?? {}].map(all =>
      Object.entries(all).filter(([name]) => name.includes('reloader')),
    );
  };
  const list = 'secret.reloader.stakater.com/reload';
  const maps: [string, string] = ['configmap.reloader.stakater.com/reload', 'flags'];
  expect(await annotations('')).toEqual([[[list, 'a-keys,b-keys,theirs,tls'], maps], []]);
  expect(await annotations(`, annotations: { ${list}: "theirs, other" }`)).toEqual([
    [[list, 'theirs, other,a-keys,b-keys,tls'], maps],
    [],
  ]);
  // Reloader does not look at those of the pods once the workload has one.
  expect(await annotations('', `, annotations: { ${list}: other }`)).toEqual([
    [maps],
    [[list, 'other,a-keys,b-keys,theirs,tls']],
  ]);
  const auto = 'reloader.stakater.com/auto';
  expect(await annotations(`, annotations: { ${auto}: "true" }`)).toEqual([[[auto, 'true']], []]);
});

test('an item of a List is injected into, and what is not meant goes through as it is', async () => {
  const list = `apiVersion: v1\nkind: List\nitems:\n- ${deployment('[{ name: api, image: "a:1" }]')
    .trim()
    .replaceAll(
      '\n',
      '\n  ',
    )}\n- { apiVersion: v1, kind: ConfigMap, metadata: { name: odd }, data: { a: '012' } }\n`;
  const [api, odd] = await injected(list, entry('env: { A: x1 }'));
  expect(podSpec(api === undefined ? [] : [api]).containers.flatMap(namesOf)).toEqual(['A']);
  expect(odd).toMatchObject({ kind: 'ConfigMap', data: { a: '012' } });
});

test('a shape says where a kind has its containers, and what their fields are called', async () => {
  const broker =
    '{ apiVersion: example.com/v1, kind: Broker, metadata: { name: queue }, spec: { pods: [{ run: { id: one, variables: [{ name: A, value: "$(B)" }] } }, { run: { id: two } }, { other: {} }], prepare: [{ id: three }], disks: [] } }\n';
  const shapes = `
shapes:
  Broker.example.com:
    containers:
      - { path: 'spec.pods[*].run', name: id, env: variables, volumeMounts: files }
      - { path: 'spec.prepare[*]', name: id, env: variables, init: true }
    volumes: spec.disks`;
  const spec = (containers: string): string =>
    `workloads:\n  a: { target: { kind: Broker${containers} }, env: { B: x1 }, mounts: { /b: { secret: b } } }${shapes}\n`;
  const mounted = { files: [{ name: 'b', mountPath: '/b', readOnly: true }] };
  const b = { name: 'B', value: 'x1' };
  expect((await injected(broker, spec('')))[0]).toMatchObject({
    spec: {
      pods: [
        { run: { id: 'one', variables: [b, { name: 'A', value: '$(B)' }], ...mounted } },
        { run: { id: 'two', variables: [b], ...mounted } },
        { other: {} },
      ],
      prepare: [{ id: 'three' }],
      disks: [{ name: 'b', secret: { secretName: 'b' } }],
    },
  });
  expect((await injected(broker, spec(', containers: [three]')))[0]).toMatchObject({
    spec: { pods: [{ run: { id: 'one' } }, {}, {}], prepare: [{ id: 'three', variables: [b] }] },
  });
});
