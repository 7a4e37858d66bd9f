import { andThenAwait, type Finding, ok } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { entriesOf } from '../environments/places.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import { readDeployers, readOverlay } from '../environments/sets.ts';
import { findingFormats } from '../report/finding.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { parsedVersions, withFlags } from '../shell/flags.ts';
import { printFindings } from '../shell/print.ts';
import { withSpec } from '../shell/read-spec.ts';
import { type BuiltUnit, expand, wholeUnits } from '../spec/pipeline.ts';
import type { Allowed } from '../world/programs.ts';
import { readManifests } from '../world/read-manifests.ts';
import { locate } from '../yaml/places.ts';
import { type FaultOfObject, hasKubeconform, placedFaults, validateSources } from './validate.ts';

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
    ['validate base deploy/app.yaml', 'files, folders and kustomizations of anybody'],
    ['validate - <manifests.yaml', 'from stdin'],
    ['validate base --versions externalSecrets=2.x', 'by the schemas of another version'],
  ],
  define: (command, run) => {
    command.argument('[path...]', 'files and folders; default: the build of every overlay');
    withFlags(command, 'versions', 'remote').action((paths, flags) => run({ ...flags, paths }));
  },
};

export const validate: Action<ValidateFlags> = { run: validateAll, formats: findingFormats };

/** Checks named manifests, or the build of every overlay, against schemas; kubeconform, if installed, must agree. */
function validateAll(options: ValidateOptions, host: Host): Promise<number> {
  return options.paths.length > 0 ? validatePaths(options, host) : validateOverlays(options, host);
}

async function validatePaths(options: ValidateOptions, host: Host): Promise<number> {
  const versions = parsedVersions(options.versions);
  const reading = options.paths.map(path => readManifests(path, host, options));
  const sources = (await Promise.all(reading)).flat();
  return print(await validateSources(sources, { ...options, versions }, host), options, host);
}

const ALONE =
  'rem-secrets: checked with ajv alone, against the same schemas: kubeconform is not installed\n';

/** Prints the findings. A warning, such as one about a file that is not read, is no failure. */
function print(findings: readonly Finding[], options: ValidateOptions, host: Host): number {
  printFindings(findings, options, host);
  if (!hasKubeconform(host)) host.stderr(ALONE);
  const hasFailed = findings.some(({ severity }) => severity === 'error');
  return hasFailed ? exitCodes.findings : exitCodes.ok;
}

async function validateOverlays(options: ValidateOptions, host: Host): Promise<number> {
  const ofFlags = parsedVersions(options.versions);
  return withSpec(options, host, spec =>
    andThenAwait(expand(spec.spec, host.validators), async expansion => {
      const read = { file: options.file, allowed: options };
      const findings: Finding[] = [];
      for (const unit of wholeUnits(expansion)) {
        const versions = { ...unit.versions, ...ofFlags };
        const sources = await readOverlay(unit, read, host);
        const placed = (faults: readonly FaultOfObject[]): Finding[] => inSpec(faults, unit, spec);
        findings.push(...(await validateSources(sources, { ...options, versions }, host, placed)));
      }
      const deployers = (await readDeployers(expansion, read, host)).flat();
      findings.push(...(await validateSources(deployers, { ...options, versions: ofFlags }, host)));
      return ok(print(findings, options, host));
    }),
  );
}

/** Faults of generated objects at their entry of the spec; other faults at the overlay. */
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
