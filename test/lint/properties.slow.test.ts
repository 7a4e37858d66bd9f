import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldOf } from '../../generator/core/finding.ts';
import { identityOf, type KubeObject } from '../../generator/core/kube-object.ts';
import { buildGraph } from '../../generator/graph/graph.ts';
import { placedObject } from '../../generator/kinds/kinds.ts';
import { rules } from '../../generator/lint/rules.ts';
import { renderYaml } from '../../generator/yaml/write.ts';
import type { Reference, World } from '../generated-manifests.ts';
import { broken, correctManifests, renamed } from '../generated-manifests.ts';
import { checkGraph } from '../graph/graph-of.ts';
import { hold } from '../hostile/fuzz/hold.ts';
import { folderOf, runMain } from '../machine.ts';

/** A correct set, and a reference of it. */
const brokenManifests: fc.Arbitrary<{ readonly world: World; readonly reference: Reference }> =
  correctManifests.chain(world =>
    fc.constantFrom(...world.references).map(reference => ({ world, reference })),
  );

test('every rule that a broken reference should meet exists', () => {
  const ids = new Set(rules.map(({ id }) => id));
  for (const id of ['unknown-secret', 'unknown-secret-key', 'unknown-store'])
    expect(ids).toContain(id);
});

test('a correct set has no errors, whatever its names are', async () =>
  await hold('correct manifests', 50, [correctManifests], ({ objects }) => {
    expect(errorsIn(objects)).toEqual([]);
    expect(errorsIn(renamed(objects))).toEqual([]);
  }));

test('one broken reference is one error, at the reference', async () =>
  await hold('a broken reference', 150, [brokenManifests], ({ world, reference }) => {
    const objects = broken(world, reference);
    expect(errorsIn(objects)).toEqual([
      {
        rule: reference.rule,
        object: identityOf(objects[reference.object] as KubeObject),
        field: fieldOf(reference.path),
      },
    ]);
  }));

test('a broken reference stays the same error under other names', async () =>
  await hold('renamed manifests', 100, [brokenManifests], ({ world, reference }) => {
    const found = errorsIn(renamed(broken(world, reference)));
    expect(found).toMatchObject([{ rule: reference.rule, field: fieldOf(reference.path) }]);
  }));

test('the order of documents changes nothing', async () =>
  await hold(
    'order of documents',
    100,
    [
      brokenManifests.chain(({ world, reference }) => {
        const objects = broken(world, reference);
        const all = { minLength: objects.length, maxLength: objects.length };
        return fc.record({
          objects: fc.constant(objects),
          shuffled: fc.shuffledSubarray(objects, all),
        });
      }),
    ],
    ({ objects, shuffled }) => expect(everythingIn(shuffled)).toEqual(everythingIn(objects)),
  ));

test('a set in several files has the findings of the set in one', async () =>
  await hold(
    'several files',
    30,
    [brokenManifests, fc.integer({ min: 1, max: 4 })],
    async ({ world, reference }, count) => {
      const objects = broken(world, reference);
      const files = Array.from({ length: count }, (_, file) =>
        objects.filter((__, index) => index % count === file),
      );
      expect(await printed(files)).toEqual(await printed([objects]));
    },
  ));

interface Found {
  readonly rule: string;
  readonly object: string;
  readonly field: string;
}

function check(objects: readonly KubeObject[]): (Found & { severity: string; message: string })[] {
  const placed = objects.map((object, index) => placedObject(object, 0, [index], ''));
  return checkGraph(buildGraph(placed)).map(
    ({ id, severity = 'error', object, path, message }) => ({
      rule: id,
      severity,
      object: identityOf(object.json),
      field: fieldOf(path),
      message,
    }),
  );
}

function errorsIn(objects: readonly KubeObject[]): Found[] {
  return check(objects).flatMap(({ severity, rule, object, field }) =>
    severity === 'error' ? [{ rule, object, field }] : [],
  );
}

function everythingIn(objects: readonly KubeObject[]): string[] {
  return check(objects)
    .map(finding => JSON.stringify(finding))
    .sort();
}

async function printed(files: readonly (readonly KubeObject[])[]): Promise<string[]> {
  const folder = folderOf(files.map((objects, index) => [`${index}.yaml`, renderYaml(objects)]));
  const { stdout } = await runMain(folder, '--format json lint .');
  const { findings } = JSON.parse(stdout) as { findings: Record<string, unknown>[] };
  return findings
    .map(({ id, severity, message, field, object, hint }) =>
      JSON.stringify({ id, severity, message, field, object, hint }),
    )
    .sort();
}
