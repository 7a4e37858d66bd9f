import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderOf, objectsOf, output, readText, root, tool } from '../machine.ts';

describe('health checks, in the Lua of Argo CD', () => {
  const [settings] = objectsOf(readText(root, 'argocd/argocd-cm.patch.yaml'));
  const scripts = settings?.['data'] as Readonly<Record<string, string>>;

  const secret = 'external-secrets.io_ExternalSecret';
  const once = { refreshPolicy: 'CreatedOnce', target: { immutable: true } };
  const immutable = 'could not update secret, target is immutable';

  test.for<[kind: string, object: object, status: string, message?: string]>([
    ['argoproj.io_Application', {}, 'Progressing', 'not looked at yet'],
    ['argoproj.io_Application', { status: { health: {} } }, 'Progressing', 'not looked at yet'],
    ['argoproj.io_Application', { status: { health: { status: 'Healthy' } } }, 'Healthy'],
    ['argoproj.io_Application', { status: { health: { status: 'Missing' } } }, 'Missing'],
    [
      'argoproj.io_Application',
      { status: { health: { status: 'Degraded' }, operationState: { phase: 'Failed' } } },
      'Degraded',
    ],
    [
      'argoproj.io_Application',
      {
        status: {
          health: { status: 'Degraded' },
          operationState: { phase: 'Running', message: 'retrying' },
        },
      },
      'Progressing',
      'retrying',
    ],
    [secret, {}, 'Progressing', 'waiting for the Secret'],
    [secret, { status: ready('Unknown', 'wait') }, 'Progressing', 'waiting for the Secret'],
    [secret, { status: ready('True', 'secret synced') }, 'Healthy', 'secret synced'],
    [secret, { status: ready('False', 'no such parameter') }, 'Degraded', 'no such parameter'],
    [secret, { status: ready('False', immutable) }, 'Degraded', immutable],
    [
      secret,
      { spec: { ...once, target: {} }, status: ready('False', immutable) },
      'Degraded',
      immutable,
    ],
    [
      secret,
      { spec: once, status: ready('False', immutable) },
      'Healthy',
      'made once, and immutable',
    ],
    [secret, { spec: once, status: ready('False', 'no such store') }, 'Degraded', 'no such store'],
    [
      secret,
      {
        spec: { refreshPolicy: 'OnChange' },
        status: { ...ready('True', ''), refreshTime: '2026-01-03' },
      },
      'Progressing',
      'waiting for the Secret',
    ],
    [
      secret,
      {
        spec: { refreshPolicy: 'OnChange' },
        status: { ...ready('True', 'synced'), refreshTime: '2026-01-02' },
      },
      'Healthy',
      'synced',
    ],
    ['postgresql.cnpg.io_Database', {}, 'Progressing', 'waiting for the database'],
    [
      'postgresql.cnpg.io_Database',
      { status: { applied: true, observedGeneration: 2 } },
      'Healthy',
    ],
    [
      'postgresql.cnpg.io_Database',
      { status: { applied: true, observedGeneration: 1 } },
      'Progressing',
      'waiting for the database',
    ],
    [
      'postgresql.cnpg.io_Database',
      { status: { applied: false, message: 'no such role' } },
      'Degraded',
      'no such role',
    ],
    ['postgresql.cnpg.io_ScheduledBackup', {}, 'Progressing', 'not scheduled yet'],
    ['postgresql.cnpg.io_ScheduledBackup', { status: { lastCheckTime: 'then' } }, 'Healthy'],
    ['postgresql.cnpg.io_ScheduledBackup', { spec: { suspend: true } }, 'Healthy', 'suspended'],
    [
      'postgresql.cnpg.io_ScheduledBackup',
      { status: { error: 'bad schedule', lastCheckTime: 'then' } },
      'Degraded',
      'bad schedule',
    ],
  ])('%s %o: %s', ([kind, object, status, message]) => {
    const script = scripts[`resource.customizations.health.${kind}`] ?? '';
    const text = `${CLOSED}\nlocal obj = ${luaOf({ metadata: { generation: 2 }, spec: {}, ...object })}\nlocal function check()\n${script}end\nlocal hs = check()\nprint(hs.status, hs.message)`;
    const file = join(folderOf([['check.lua', text]]), 'check.lua');
    expect(output(tool('glua'), [file]).trim().split('\t')).toEqual([status, message ?? 'nil']);
  });

  test('there is one for each kind that the checks are for', () =>
    expect(Object.keys(scripts)).toHaveLength(4));
});

/** Argo CD opens only these: base, table, package and a part of os (util/lua/lua.go of 3.6.1). */
const CLOSED = 'string, math, io, coroutine, debug, channel = nil';

/** The status of an ExternalSecret, with a condition of another type before that about Ready. */
function ready(status: string, message: string): object {
  const ready = { type: 'Ready', status, message, lastTransitionTime: '2026-01-02' };
  return { conditions: [{ type: 'Deleted', status: 'False' }, ready] };
}

/** A value in Lua's own notation. */
function luaOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `{ ${value.map(luaOf).join(', ')} }`;
  return `{ ${Object.entries(value)
    .map(([name, child]) => `${name} = ${luaOf(child)}`)
    .join(', ')} }`;
}
