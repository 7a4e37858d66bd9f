import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, objectsOf, output, readText, root, tool, yamlIn } from '../machine.ts';

/** Of each kind what its health check, in the Lua of Argo CD, says of objects. */
const cases = yamlIn<
  Readonly<Record<string, readonly (readonly [object: object, status: string, message?: string])[]>>
>(import.meta.dirname, 'health-checks.yaml');
const [settings] = objectsOf(readText(root, 'argocd/argocd-cm.patch.yaml'));
const scripts = settings?.['data'] as Readonly<Record<string, string>>;

test.for(Object.entries(cases).flatMap(([kind, said]) => said.map(one => [kind, ...one] as const)))(
  'the health of %s %o: %s',
  ([kind, object, status, message]) => {
    const script = scripts[`resource.customizations.health.${kind}`] ?? '';
    const text = `${CLOSED}\nlocal obj = ${luaOf({ metadata: { generation: 2 }, spec: {}, ...object })}\nlocal function check()\n${script}end\nlocal hs = check()\nprint(hs.status, hs.message)`;
    const file = join(folderOf([['check.lua', text]]), 'check.lua');
    expect(output(tool('glua'), [file]).trim().split('\t')).toEqual([status, message ?? 'nil']);
  },
);

test('there is a health check for each kind of the cases', () =>
  expect(Object.keys(scripts).sort()).toEqual(
    Object.keys(cases).map(kind => `resource.customizations.health.${kind}`),
  ));

/** Argo CD opens only these: base, table, package and a part of os (util/lua/lua.go of 3.6.1). */
const CLOSED = 'string, math, io, coroutine, debug, channel = nil';

/** A value in Lua's own notation. */
function luaOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `{ ${value.map(luaOf).join(', ')} }`;
  return `{ ${Object.entries(value)
    .map(([name, child]) => `${name} = ${luaOf(child)}`)
    .join(', ')} }`;
}
