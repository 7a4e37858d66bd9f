import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMap, type JsonObject, listAt, mapAt, stableText } from '../../generator/core/json.ts';
import { asJson } from '../../generator/core/kube-object.ts';
import { adopt } from '../../generator/import/adopt.ts';
import { nothingApplied } from '../../generator/import/deployers.ts';
import { originalOf } from '../../generator/import/originals.ts';
import { daemonSet, deployment, statefulSet } from '../../generator/kinds/apps.ts';
import { cronJob, job } from '../../generator/kinds/batch.ts';
import { cnpgCluster } from '../../generator/kinds/cnpg/cluster.ts';
import { externalSecret } from '../../generator/kinds/eso/external-secret.ts';
import { type Kind, type PlacedObject, specOf } from '../../generator/kinds/kind.ts';
import { podOf } from '../../generator/kinds/pods.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { parseSource } from '../../generator/world/source.ts';
import { root } from './tree.ts';

/*
 * `npm run soak-import` imports each workload, CNPG Cluster and ExternalSecret of the repositories of others in
 * the folder that REM_FIELD names, by itself, and prints how many of them come in short form, with a patch, or raw,
 * with the reasons. Names of repositories may be given, `--kind Cluster` takes one kind, and `--list` names the objects.
 * It fails where of all of them fewer than LEAST come in short form.
 */
const field = process.env['REM_FIELD'] ?? join(root, '../shared/field');

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { kind: { type: 'string' }, list: { type: 'boolean', default: false } },
});

/** The kinds that count together. */
const GROUPS: Readonly<Record<string, readonly Kind[]>> = {
  workloads: [deployment, statefulSet, daemonSet, job, cronJob],
  Clusters: [cnpgCluster],
  ExternalSecrets: [externalSecret],
};

/** The least share of each group in short form, in percent. */
const LEAST: Readonly<Record<string, number>> = {
  workloads: 90,
  Clusters: 85,
  ExternalSecrets: 90,
};

/** Folders whose files are no manifests that anybody applies as they are. */
const OTHERS =
  /\/(templates?|tests?|docs?|vendor|crds?|charts?|fixtures|examples?|node_modules|\.\w+)\//;

const validators = nodeHost(root).validators;

/** How the spec of an object alone says it, and why no shorter. */
function importOf(object: PlacedObject): { readonly way: string; readonly reason?: string } {
  const namespace = object.namespace || 'default';
  const wanted = originalOf({ name: '', objects: [object] }, namespace);
  const { drafts, proofs, faults } = adopt([wanted], {
    name: 'imported',
    tree: nothingApplied,
    commentsOf: () => [],
    longest: 0,
    validators,
  });
  const entry = drafts[0]?.entries.find(({ covers }) =>
    covers.some(({ kind, name }) => kind === object.kind && name === object.name),
  );
  if (faults.length > 0) return { way: 'lost', reason: faults[0]?.message ?? '' };
  if (entry === undefined) return { way: 'lost', reason: drafts[0]?.lost[0]?.reason ?? '' };
  if (proofs.some(({ changes }) => changes.length > 0))
    return { way: 'lost', reason: 'it comes out as another' };
  if (entry.section === 'resources') return { way: 'raw', reason: entry.reason ?? '' };
  const patch = entry.entry['patch'];
  if (!isMap(patch)) return { way: 'short' };
  return { way: 'patched', reason: patchedFields(patch).join(', ') };
}

/** The fields that a patch changes, down to those below `spec`. */
function patchedFields(patch: JsonObject, depth = 3): string[] {
  return Object.entries(patch).flatMap(([name, value]) =>
    isMap(value) && depth > 1
      ? patchedFields(value, depth - 1).map(below => `${name}.${below}`)
      : [name],
  );
}

const CONTROLLERS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Whether a text is of a whole object, not of a patch of one. */
function isWhole(object: PlacedObject): boolean {
  if (object.name === '') return false;
  if (object.knownKind === cnpgCluster) return isMap(specOf(object)['storage']);
  if (object.knownKind === externalSecret) return Object.keys(specOf(object)).length > 0;
  const containers = listAt(podOf(object)?.spec, 'containers');
  // Without a selector it is a patch, or waits for the labels of a kustomization.
  if (CONTROLLERS.has(object.kind) && !isMap(specOf(object)['selector'])) return false;
  return containers.some(one => isMap(one) && typeof one['image'] === 'string');
}

function objectsIn(folder: string): PlacedObject[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    file => /\.ya?ml$/.test(file) && !OTHERS.test(`/${file}`),
  );
  const all = files.sort().flatMap(file => {
    const path = join(folder, file);
    if (!statSync(path).isFile()) return [];
    const source = { name: file, file, text: readFileSync(path, 'utf8'), findings: [] };
    return [...parseSource({ ...source, isBuilt: false }, 0, '').objects];
  });
  const kinds = Object.values(GROUPS).flat();
  const wanted = all.filter(
    object => object.knownKind !== undefined && kinds.includes(object.knownKind) && isWhole(object),
  );
  return [...new Map(wanted.map(object => [sameText(object), object])).values()];
}

/** Equal for the same object with other images and numbers. */
function sameText({ json }: PlacedObject): string {
  const { apiVersion, kind } = json;
  const { spec } = asJson(json);
  const text = stableText([apiVersion, kind, mapAt(json.metadata)['name'] ?? '', spec ?? null]);
  return text.replace(/"image":"[^"]*"|\d+/g, '');
}

const trees = ['.', 'second'].flatMap(set => {
  const heads = join(field, set, 'heads');
  return existsSync(heads)
    ? readdirSync(heads)
        .map(name => ({ name, folder: join(heads, name, 'tree') }))
        .filter(
          ({ name, folder }) => existsSync(folder) && (names.length === 0 || names.includes(name)),
        )
    : [];
});

const found = trees.flatMap(({ name, folder }) =>
  objectsIn(folder).map(object => ({ name, object })),
);
for (const [group, kinds] of Object.entries(GROUPS)) {
  const ways = new Map<string, number>();
  const reasons = new Map<string, number>();
  for (const { name, object } of found) {
    if (object.knownKind === undefined || !kinds.includes(object.knownKind)) continue;
    if (flags.kind !== undefined && object.kind !== flags.kind) continue;
    const { way, reason } = importOf(object);
    ways.set(way, (ways.get(way) ?? 0) + 1);
    if (reason === undefined) continue;
    if (flags.list) console.log(`${name} ${object.kind} ${object.name}: ${way}: ${reason}`);
    const line = `${way}: ${reason.replace(/"[^"]*"/g, '"…"').replace(/\[[^\]]*\]/g, '[…]')}`;
    reasons.set(line, (reasons.get(line) ?? 0) + 1);
  }
  const all = [...ways.values()].reduce((sum, count) => sum + count, 0);
  if (all === 0) continue;
  const share = (100 * (ways.get('short') ?? 0)) / all;
  const counts = ['short', 'patched', 'raw', 'lost'].map(way => `${ways.get(way) ?? 0} ${way}`);
  if (names.length === 0 && flags.kind === undefined && share < (LEAST[group] ?? 0))
    process.exitCode = 1;
  console.log(`${group}: ${all} objects, ${counts.join(', ')}: ${share.toFixed(1)} % short`);
  for (const [line, count] of [...reasons].sort(([, a], [, b]) => b - a).slice(0, 30))
    console.log(`  ${count} × ${line}`);
}
