import { andThen, ok } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { isMap, isSame, type Json, type JsonObject, listAt, mapAt, textAt } from '../core/json.ts';
import { groupIn } from '../core/kube-object.ts';
import { inVersions } from '../graph/objects.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { Product, ProductRelease, Versions } from '../kinds/products.ts';
import { products, usualRelease } from '../kinds/products.ts';
import type { Formats } from '../report/finding.ts';
import { jsonText, linesText } from '../report/text.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { graphOfSets } from '../shell/command-input.ts';
import { expectPaths, type ManifestFlags, parsedVersions, withFlags } from '../shell/flags.ts';
import { formatOfFaults, printReport, tellUnread } from '../shell/print.ts';
import { withSpec } from '../shell/read-spec.ts';
import { expand, wholeUnits } from '../spec/pipeline.ts';
import { releaseSchemas } from '../world/schemas.ts';
import { setsOfPaths } from '../world/sets.ts';

type VersionsFlags = Omit<ManifestFlags, 'environment' | 'root'> & { readonly versions?: string };

type VersionsOptions = VersionsFlags & CommonOptions;

export const versionsCommand: CommandLine<VersionsFlags> = {
  name: 'versions',
  description: 'list known versions of Kubernetes and the operators, and what differs in them',
  examples: [
    ['versions', 'for the kinds of the spec; without a spec, for all that are known'],
    ['versions clusters/prod', 'for the kinds of a folder, with the operators that it installs'],
    ['versions -o json', 'for a program'],
  ],
  define: (command, run) =>
    withFlags(command, 'paths', 'namespace', 'versions', 'exec', 'remote').action((paths, flags) =>
      run({ ...flags, paths }),
    ),
};

const versionsFormats: Formats<readonly ProductReport[]> = {
  text: reports => reports.map(productText).join('\n'),
  json: products => jsonText({ products }),
};

export const versions: Action<VersionsFlags> = { run: printVersions, formats: versionsFormats };

async function printVersions(options: VersionsOptions, host: Host): Promise<number> {
  const parsed = parsedVersions(options.versions);
  if (options.paths.length > 0) return printOfPaths(parsed, options, host);
  if (host.kindOf(options.file) === undefined)
    return print(versionReport([parsed], host), options, host);
  return withSpec({ ...options, ...formatOfFaults(options) }, host, ({ spec }) =>
    andThen(expand(spec, host.validators), expansion => {
      const units = wholeUnits(expansion);
      const running = units.map(({ versions }) => ({ ...versions, ...parsed }));
      const used = units.flatMap(({ objects }) => objects.map(({ object }) => object));
      return ok(print(versionReport(running, host, used), options, host));
    }),
  );
}

async function printOfPaths(parsed: Versions, options: VersionsOptions, host: Host) {
  const { paths, namespace } = options;
  expectPaths(paths, host);
  const sets = await setsOfPaths({ paths, allowed: options, namespace }, host);
  const running = sets.map(set => inVersions(graphOfSets([set]), parsed).versions);
  const used = sets.flatMap(({ sources }) =>
    sources.flatMap(({ objects }) => objects.map(({ json }) => json)),
  );
  print(versionReport(running, host, used), options, host);
  return tellUnread(sets, host);
}

function print(report: readonly ProductReport[], options: VersionsOptions, host: Host): number {
  printReport(versionsFormats, options.format, report, host);
  return exitCodes.ok;
}

type ProductReport = ReturnType<typeof versionReport>[number];

function productText({ called, releases, running, usual, steps }: ProductReport): string {
  const runs =
    running.length > 0
      ? `runs: ${running.join(', ')}`
      : `not told which runs: held by the schemas of ${usual}`;
  return linesText([`${called}: ${releases.join(', ')}; ${runs}`, ...steps.flatMap(stepLines)]);
}

function stepLines({ from, to, kinds }: ProductReport['steps'][number]): string[] {
  const head = `  ${from} → ${to}`;
  if (kinds.length === 0) return [`${head}: no difference that is known in the kinds in use`];
  return [head, ...kinds.flatMap(kindLines)];
}

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;

function kindLines({ kind, what: change, fields, facts }: KindChange): string[] {
  return [
    change === 'changed' ? `    ${kind}` : `    ${SIGNS[change]} ${kind}`,
    ...fields.map(({ field, what, how }) => {
      return `      ${SIGNS[what]} ${field}${how.length === 0 ? '' : `: ${how.join('; ')}`}`;
    }),
    ...facts.map(fact => `      · ${fact}`),
  ];
}

type UsedKind = Readonly<Record<'apiVersion' | 'kind', string>>;

interface KindChange extends UsedKind {
  readonly what: FieldDifference['what'];
  /** Changes that are in no schema, such as a Secret that is made. */
  readonly facts: readonly string[];
  readonly fields: readonly FieldDifference[];
}

type Schemas = ReadonlyMap<string, JsonObject>;

function versionReport(running: readonly Versions[], host: Host, used?: readonly UsedKind[]) {
  const schemasOf = releaseSchemas(host);
  return products.map(product => {
    const releases = [...product.releases].reverse();
    const steps = releases.slice(1).map((to, index) => {
      const from = releases[index] ?? to;
      const schemas = [schemasOf(from), schemasOf(to)] as const;
      return { from: from.name, to: to.name, kinds: kindChanges(product, to, used, schemas) };
    });
    const names = running.flatMap(versions => versions[product.name]?.name ?? []);
    return {
      name: product.name,
      called: product.called,
      releases: releases.map(({ name }) => name),
      running: [...new Set(names)].sort(),
      usual: usualRelease(product)?.name ?? '',
      steps,
    };
  });
}

function kindChanges(
  product: Product,
  { name: release }: ProductRelease,
  used: readonly UsedKind[] | undefined,
  [older, newer]: readonly [older: Schemas, newer: Schemas],
): KindChange[] {
  return [...newer].flatMap(([path, schema]): KindChange[] => {
    const kind = kindIn(schema, older.get(path));
    if (kind === undefined || !product.hasGroup(groupIn(kind.apiVersion))) return [];
    const isUsed = ({ apiVersion, kind: name }: UsedKind): boolean =>
      apiVersion === kind.apiVersion && name === kind.kind;
    if (used?.some(isUsed) === false) return [];
    const { news = [] } = kindOf(groupIn(kind.apiVersion), kind.kind) ?? {};
    const facts = news.filter(({ version }) => version === release).map(({ text }) => text);
    if (isGone(older.get(path))) return [{ ...kind, what: 'added', facts, fields: [] }];
    if (isGone(schema)) return [{ ...kind, what: 'removed', facts, fields: [] }];
    const fields = fieldDifferences(rootOf(older, path), rootOf(newer, path));
    return fields.length + facts.length === 0 ? [] : [{ ...kind, what: 'changed', facts, fields }];
  });
}

/** Whether a version does not have a kind: its schema then refuses all objects of the kind. */
function isGone(schema: JsonObject | undefined): boolean {
  return mapAt(schema, 'properties')['kind'] === false;
}

/** The kind of the first schema that names one: the schema of a kind that is gone does not. */
function kindIn(...schemas: readonly (JsonObject | undefined)[]): UsedKind | undefined {
  for (const schema of schemas) {
    const apiVersion = textAt(schema, 'properties', 'apiVersion', 'const');
    const kind = textAt(schema, 'properties', 'kind', 'const');
    if (apiVersion !== undefined && kind !== undefined) return { apiVersion, kind };
  }
  return undefined;
}

function rootOf(schemas: Schemas, path: string): SchemaRoot {
  return { schema: schemas.get(path) ?? {}, library: schemas.get('kubernetes.json') ?? {} };
}

interface FieldDifference {
  /** `spec.data[].remoteRef.key`; `{}` stands for any name in a map. */
  readonly field: string;
  readonly what: 'added' | 'changed' | 'removed';
  readonly how: readonly string[];
}

/** A schema, whose `$ref`s lead into itself or into the library. */
interface SchemaRoot {
  readonly schema: JsonObject;
  /** The definitions that kinds of Kubernetes share. */
  readonly library: JsonObject;
}

interface Place {
  readonly roots: readonly [older: SchemaRoot, newer: SchemaRoot];
  readonly path: string;
  /** The names of the `$ref`s on the way to it. */
  readonly above: readonly string[];
}

/** The fields that differ between two versions of a kind, in the order of their names. */
export function fieldDifferences(older: SchemaRoot, newer: SchemaRoot): FieldDifference[] {
  return changesIn(older.schema, newer.schema, { roots: [older, newer], path: '', above: [] });
}

function changesIn(before: unknown, after: unknown, place: Place): FieldDifference[] {
  if (!isMap(before) || !isMap(after)) return [];
  const { roots, path, above } = place;
  const [old, fresh] = [follow(before, roots[0]), follow(after, roots[1])];
  const references = [old.name, fresh.name].filter(name => name !== '').join(' ');
  // A schema that contains itself was compared further up already.
  if (references !== '' && above.includes(references)) return [];
  const within = { ...place, above: references === '' ? above : [...above, references] };
  const [older, newer] = [old.schema, fresh.schema];
  const how = valueWords(older, newer);
  const below = (keyword: string, sign: string): FieldDifference[] =>
    changesIn(older[keyword], newer[keyword], { ...within, path: path + sign });
  return [
    ...(how.length > 0 ? [{ field: path, what: 'changed', how } as const] : []),
    ...propertyChanges(older, newer, within),
    ...below('items', '[]'),
    ...below('additionalProperties', '{}'),
  ];
}

function propertyChanges(older: JsonObject, newer: JsonObject, place: Place): FieldDifference[] {
  const [before, after] = [mapAt(older, 'properties'), mapAt(newer, 'properties')];
  const [needed, needs] = [listAt(older, 'required'), listAt(newer, 'required')];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const fieldOf = (name: string): string => (place.path === '' ? name : `${place.path}.${name}`);
  const changes = names.flatMap((name): FieldDifference[] => {
    const field = fieldOf(name);
    const [isBefore, isAfter] = [isMap(before[name]), isMap(after[name])];
    if (isBefore && isAfter) return changesIn(before[name], after[name], { ...place, path: field });
    return [{ field, what: isAfter ? 'added' : 'removed', how: [] }];
  });
  const inBoth = names.filter(name => name in before && name in after);
  const required = inBoth.flatMap((name): FieldDifference[] => {
    if (needed.includes(name) === needs.includes(name)) return [];
    const how = needs.includes(name) ? 'has to be there' : 'may be left out';
    return [{ field: fieldOf(name), what: 'changed', how: [how] }];
  });
  return [...changes, ...required];
}

function follow(schema: JsonObject, root: SchemaRoot): { name: string; schema: JsonObject } {
  const [only] = listAt(schema, 'allOf');
  const ref = schema['$ref'] ?? (isMap(only) ? only['$ref'] : undefined);
  if (typeof ref !== 'string') return { name: '', schema };
  const name = ref.slice(ref.lastIndexOf('/') + 1);
  const isInSchema = ref.startsWith('#') && name in mapAt(root.schema, 'definitions');
  const found = mapAt(isInSchema ? root.schema : root.library, 'definitions', name);
  return { name, schema: { ...found, ...schema } };
}

function valueWords(older: JsonObject, newer: JsonObject): string[] {
  const [more, less] = [
    valuesBeyond(older, newer).map(value => `may be ${value}`),
    valuesBeyond(newer, older).map(value => `may not be ${value} any more`),
  ];
  const limits = 'default pattern minLength maxLength minimum maximum minItems maxItems'.split(' ');
  const isFree = 'enum' in older !== 'enum' in newer;
  const [before, after] = [typesOf(older), typesOf(newer)];
  const isOther = before !== '' && after !== '' && before !== after;
  return [
    // `null` beside another type only means that the field may be left out.
    ...(isOther ? [`${after}, not ${before}`] : []),
    ...(isFree ? ['enum' in newer ? 'only some values' : 'any value'] : [...more, ...less]),
    ...limits.flatMap(limit =>
      isSame(older[limit], newer[limit]) ? [] : [limitWords(limit, older[limit], newer[limit])],
    ),
  ];
}

function typesOf({ type = '' }: JsonObject): string {
  const names = [type].flat().filter(name => name !== 'null');
  return names.map(String).sort().join(' or ');
}

function limitWords(limit: string, before: Json | undefined, after: Json | undefined): string {
  if (after === undefined) return `no ${limit} any more, it was ${shown(before)}`;
  return `${limit} ${shown(after)}${before === undefined ? '' : `, not ${shown(before)}`}`;
}

function valuesBeyond(schema: JsonObject, further: JsonObject): Json[] {
  const allowed = listAt(schema, 'enum');
  return listAt(further, 'enum').filter(value => value !== null && !allowed.includes(value));
}

function shown(value: Json | undefined): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
}
