import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderOf, objectsOf, output, root, tool } from './machine.ts';

describe('health checks, in the Lua of Argo CD', () => {
  const [settings] = objectsOf(readFileSync(join(root, 'argocd/argocd-cm.patch.yaml'), 'utf8'));
  const scripts = settings?.['data'] as Readonly<Record<string, string>>;

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
    const whole = { metadata: { generation: 2 }, spec: {}, ...object };
    const text = `local obj = ${luaOf(whole)}\nlocal function check()\n${script}end\nlocal hs = check()\nprint(hs.status, hs.message)`;
    const file = join(folderOf([['check.lua', text]]), 'check.lua');
    expect(output(tool('glua'), [file]).trim().split('\t')).toEqual([status, message ?? 'nil']);
  });

  test('there is one for each kind that the checks are for', () => {
    expect(Object.keys(scripts)).toHaveLength(3);
  });
});

/** A value in Lua's own notation. */
function luaOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, child]) => `${name} = ${luaOf(child)}`)
    .join(', ')} }`;
}
