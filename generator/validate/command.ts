import { andThenAwait, type Fault, type Finding, ok, type Path } from '../core/finding.ts';
import { type Host, HostError } from '../core/host.ts';
import { isMap, listAt, textAt } from '../core/json.ts';
import { type KubeObject, type Manifest, manifestsOf, nameOf } from '../core/kube-object.ts';
import { checkSchema, type Validators } from '../core/schema.ts';
import { entriesOf } from '../environments/places.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import { readDeployers, readFolder, unitFolder } from '../environments/sets.ts';
import { releaseFor, takenBy, type Versions, validatorsOf } from '../kinds/products.ts';
import { findingFormats } from '../report/finding.ts';
import { oneLine } from '../report/text.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { parsedVersions, withFlags } from '../shell/flags.ts';
import { printFindings, tellBuilds } from '../shell/print.ts';
import { withSpec } from '../shell/read-spec.ts';
import { type BuiltUnit, expand, wholeUnits } from '../spec/pipeline.ts';
import { unreadCount } from '../world/kustomize/closure.ts';
import { type Allowed, overLimit, RAISE_LIMITS, toolPath } from '../world/programs.ts';
import { readManifests } from '../world/read-manifests.ts';
import { schemasIn } from '../world/schemas.ts';
import { buildNotes, type ManifestSource } from '../world/source.ts';
import { parseManifests } from '../yaml/parse.ts';
import { locate } from '../yaml/places.ts';

interface ValidateFlags extends Allowed {
  readonly paths: readonly string[];
  readonly versions?: string;
}

type ValidateOptions = ValidateFlags & CommonOptions;

export const validateCommand: CommandLine<ValidateFlags> = {
  name: 'validate',
  description: 'check manifests against the schemas of their kinds',
  examples: [
    ['validate', 'every overlay of the spec'],
    ['validate base deploy/app.yaml', 'any files, folders and kustomizations'],
    ['validate - <manifests.yaml', 'from stdin'],
    ['validate base --versions externalSecrets=2.x', 'with the schemas of another version'],
  ],
  define: (command, run) => {
    command.argument('[path...]', 'files and folders; default: the build of every overlay');
    withFlags(command, 'versions', 'remote').action((paths, flags) => run({ ...flags, paths }));
  },
};

export const validate: Action<ValidateFlags> = {
  run: (options, host) =>
    (options.paths.length > 0 ? validatePaths : validateOverlays)(options, host),
  formats: findingFormats,
};

async function validatePaths(options: ValidateOptions, host: Host): Promise<number> {
  const versions = parsedVersions(options.versions);
  const reading = options.paths.map(path => readManifests(path, host, options));
  const sources = (await Promise.all(reading)).flat();
  return print([await validateSources(sources, { ...options, versions, host })], options, host);
}

const ALONE =
  'rem-secrets: checked with ajv alone, against the same schemas: kubeconform is not installed\n';

function print(all: readonly Validated[], options: ValidateOptions, host: Host): number {
  const findings = all.flatMap(validated => validated.findings);
  const builds = all.flatMap(validated => validated.builds);
  printFindings(findings, options, host);
  tellBuilds(builds, host);
  if (toolPath('kubeconform', host) === undefined) host.stderr(ALONE);
  const hasFailed = findings.some(({ severity }) => severity === 'error');
  return hasFailed ? exitCodes.findings : exitCodes.ok;
}

async function validateOverlays(options: ValidateOptions, host: Host): Promise<number> {
  const ofFlags = parsedVersions(options.versions);
  return withSpec(options, host, spec =>
    andThenAwait(expand(spec.spec, host.validators), async expansion => {
      const reading = { file: options.file, allowed: options };
      const validated: Validated[] = [];
      for (const unit of wholeUnits(expansion)) {
        const versions = { ...unit.versions, ...ofFlags };
        const sources = await readFolder(unitFolder(unit.name), reading, host);
        const place = (faults: readonly FaultOfObject[]): Finding[] => inSpec(faults, unit, spec);
        validated.push(await validateSources(sources, { ...options, versions, host, place }));
      }
      const deployers = (await readDeployers(expansion, reading, host)).flat();
      validated.push(await validateSources(deployers, { ...options, versions: ofFlags, host }));
      return ok(print(validated, options, host));
    }),
  );
}

function inSpec(faults: readonly FaultOfObject[], unit: BuiltUnit, { spec, source }: ReadSpec) {
  const entryOf = entriesOf(spec, unit);
  // `related` has lines of kustomize's output.
  return faults.flatMap(({ related: _, ...fault }) => {
    const path = entryOf(fault.object);
    return path === undefined
      ? placedFaults([fault], { file: `overlays/${unit.name}/kustomization.yaml`, isBuilt: true })
      : locate([{ ...fault, path }], source);
  });
}

interface Validation extends Pick<CommonOptions, 'format'> {
  readonly versions: Versions;
  readonly host: Host;
  /** Gives faults places in a spec; absent: they stay in the source. */
  readonly place?: (faults: readonly FaultOfObject[]) => Finding[];
}

export interface FaultOfObject extends Fault {
  readonly object: KubeObject;
  /** The path in the object; `path` begins with the document's number in the stream. */
  readonly inObject: Path;
}

async function validateSources(sources: readonly ManifestSource[], validation: Validation) {
  const findings: Finding[] = [];
  for (const source of sources) findings.push(...(await validateSource(source, validation)));
  return { findings, builds: buildNotes(sources) };
}

type Validated = Awaited<ReturnType<typeof validateSources>>;

async function validateSource(source: ManifestSource, validation: Validation) {
  const { format, versions, host, place } = validation;
  const { unread = [] } = source;
  if (source.text === undefined) return [...unread, ...source.findings];
  const documents = parseManifests(source.text);
  if (documents.value === undefined)
    return locate(documents.faults, { file: source.file, text: source.text });
  const manifests = manifestsOf(documents.value);
  const validators = validatorsOf(versions, host.validators);
  const unjudged = manifests.filter(
    ({ object }) => validators(object.apiVersion, object.kind) === undefined,
  );
  const faults = objectFaults(manifests, validators).map(fault =>
    withVersion(fault, versions, host),
  );
  const others = await disagreements(source.text, faults, validation);
  const findings = [
    ...unread,
    ...(place?.(faults) ?? placedFaults(faults, source)),
    ...placedFaults(others, { ...source, isBuilt: true }),
  ];
  const without = unjudged.length === 0 ? '' : `, ${unjudged.length} of kinds without a schema`;
  const wrong = new Set(faults.map(({ object }) => object)).size;
  const line = `${oneLine(source.name)}: ${manifests.length} objects, ${wrong === 0 ? 'none' : wrong} invalid${without}${unread.length === 0 ? '' : `, ${unreadCount(unread.length)}`}\n`;
  if (format === 'text') host.stdout(line);
  return findings;
}

/** Holds each object against the schema of its kind. */
export function objectFaults(all: readonly Manifest[], validators: Validators): FaultOfObject[] {
  return all.flatMap(({ object, path }) =>
    checkSchema(object, validators).map(fault => ({
      ...fault,
      object,
      inObject: fault.path,
      path: [...path, ...fault.path],
      message: `${[object.kind, nameOf(object)].join(' ').trimEnd()}: ${fault.message}`,
    })),
  );
}

function placedFaults(
  faults: readonly Fault[],
  { file, isBuilt, text = '' }: Pick<ManifestSource, 'file' | 'isBuilt' | 'text'>,
): Finding[] {
  if (!isBuilt) return locate(faults, { file, text, isStream: true });
  const placeless = faults.map(fault => ({ ...fault, path: [], offset: 0 }));
  return locate(placeless, { file, text: '' });
}

function withVersion(fault: FaultOfObject, versions: Versions, host: Host): FaultOfObject {
  const { object, inObject, hint } = fault;
  const running = releaseFor(versions, object.apiVersion);
  const taking = takenBy(object, { path: inObject }, running, host.validators);
  if (taking === undefined) return fault;
  if (running !== undefined)
    return { ...fault, hint: `Remove it, or run ${taking}: that takes it.` };
  const advice = `${taking} takes it: where that runs, say so by --versions, or by "versions" of the spec.`;
  return { ...fault, hint: hint === undefined ? advice : `${hint} ${advice}` };
}

const DOUBTFUL = new Set(['not-allowed', 'unknown-field']);

async function disagreements(text: string, faults: readonly FaultOfObject[], by: Validation) {
  const { versions, host } = by;
  const byKubeconform = await refusedByKubeconform(text, versions, host);
  if (byKubeconform === undefined) return [];
  // In an open version, which may have more fields and values, only ajv guesses which are misspelt.
  const isSure = ({ id, object }: FaultOfObject): boolean =>
    !DOUBTFUL.has(id) || releaseFor(versions, object.apiVersion)?.isOpen !== true;
  const byAjv = new Set(faults.map(({ object }) => reportedName(object)));
  const surely = new Set(faults.filter(isSure).map(({ object }) => reportedName(object)));
  const messages = [
    ...[...byKubeconform]
      .filter(([name]) => !byAjv.has(name))
      .map(([name, message]) => `only kubeconform refuses ${name}: ${message}`),
    ...[...surely].filter(name => !byKubeconform.has(name)).map(name => `only ajv refuses ${name}`),
  ];
  const hint = 'This is a bug of rem-secrets or of its schemas: please report it.';
  return messages.map(message => ({ id: 'validators-disagree', message, hint, path: [] }));
}

async function refusedByKubeconform(manifests: string, versions: Versions, host: Host) {
  const program = toolPath('kubeconform', host);
  if (program === undefined) return undefined;
  const args = kubeconformArguments(schemaFolder(versions, host));
  const { stdout, limit } = await host.run(program, args, { input: manifests });
  if (limit !== undefined)
    throw new HostError(`kubeconform was stopped: ${overLimit(limit)}. ${RAISE_LIMITS}`);
  if (stdout.trim().startsWith('{')) return refusals(stdout);
  // A version that lacks a flag prints its usage.
  const answer = await host.run(program, ['-v']);
  const version = answer.stdout.trim() || 'of an unknown version';
  throw new HostError(
    `kubeconform ${version} prints no JSON of what it is given: 0.6 or a newer one is needed`,
  );
}

function schemaFolder(versions: Versions, host: Host): string {
  if (Object.keys(versions).length === 0) return host.packageFile('schemas');
  const scratch = host.scratchFolder();
  for (const [path, schema] of schemasIn(versions, host))
    scratch.writeFile(path, JSON.stringify(schema));
  return scratch.cwd;
}

/** kubeconform's arguments: strict, without the network, with manifests on stdin. */
export function kubeconformArguments(schemas: string): string[] {
  const location = `${schemas}/{{ .Group }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json`;
  const flags = ['-strict', '-ignore-missing-schemas', '-output', 'json'];
  return [...flags, '-schema-location', location, '-'];
}

/** How kubeconform names an object in its report (0.8.0, pkg/resource/resource.go). */
function reportedName(object: KubeObject): string {
  const prefix = textAt(object, 'metadata', 'generateName');
  return `${object.kind} ${prefix ? `${prefix}{{ generateName }}` : nameOf(object)}`;
}

function refusals(json: string) {
  const refused = listAt(JSON.parse(json), 'resources')
    .filter(isMap)
    .filter(({ status }) => status === 'statusInvalid' || status === 'statusError')
    .sort((a, b) => (`${a['kind']}/${a['name']}` < `${b['kind']}/${b['name']}` ? -1 : 1));
  return new Map(refused.map(({ kind, name, msg }) => [`${kind} ${name}`, String(msg)]));
}
