import type { Host } from '../core/host.ts';
import { type JsonObject, textAt } from '../core/json.ts';
import { annotationsOf, type KubeObject } from '../core/kube-object.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { LOCAL_CONFIG } from '../kinds/krm.ts';
import { type Formats, findingFormats } from '../report/finding.ts';
import { objectOf, objectText, renderList } from '../report/text.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { readConfigFile } from '../shell/config.ts';
import { expectPaths, withFlags, wrongUsage } from '../shell/flags.ts';
import { printFindings, printReport } from '../shell/print.ts';
import { RECORD } from '../spec/inject/annotations.ts';
import { checkInjection, inject as injectInto } from '../spec/inject/inject.ts';
import { patchesOf, patchTarget } from '../spec/inject/patches.ts';
import type { Injection } from '../spec/spec.ts';
import { builtPath } from '../world/folders.ts';
import type { Allowed } from '../world/programs.ts';
import { readManifests } from '../world/read-manifests.ts';
import { parseSource } from '../world/source.ts';
import { locate } from '../yaml/places.ts';
import { renderValue, renderYaml } from '../yaml/write.ts';

interface InjectFlags extends Allowed {
  readonly paths: readonly string[];
  readonly config?: string;
  readonly output: string;
  readonly check?: boolean;
}

const USUAL = 'rem-secrets-injection.yaml';

export const injectCommand: CommandLine<InjectFlags> = {
  name: 'inject',
  description: 'give existing workloads variables and files from Secrets',
  examples: [
    ['inject deploy/ --config injection.yaml', 'the manifests of a folder, or of a kustomization'],
    ['inject - <rendered.yaml', `what a chart renders, with ${USUAL}`],
    ['inject rendered.yaml -o flux', 'the same as postRenderers of a HelmRelease'],
    ['inject deploy/ --check', 'whether all is injected already, for CI'],
  ],
  define: (command, run) => {
    command
      .argument('<path...>', 'files, folders, kustomizations, or - for stdin')
      .option('--config <file>', `the RemSecretsInjection (${USUAL})`)
      .option('-o, --output <format>', 'how the objects are printed', 'yaml')
      .option('--check', 'print which objects would change, and exit with 1 if any would');
    withFlags(command, 'exec', 'remote').action((paths, flags) => run({ ...flags, paths }));
  },
};

type InjectedObject = Readonly<Record<'before' | 'after', KubeObject>>;

const injectFormats: Formats<readonly InjectedObject[]> = {
  yaml: objects => renderYaml(objects.map(({ after }) => after)),
  json: objects => renderList(objects.map(({ after }) => after)),
  flux: renderPostRenderers,
};

export const inject: Action<InjectFlags> = {
  run: injectPaths,
  formats: findingFormats,
  outputs: injectFormats,
};

async function injectPaths(options: InjectFlags & CommonOptions, host: Host): Promise<number> {
  expectPaths(options.paths, host);
  const names = { named: options.config, usual: USUAL };
  const read = readConfigFile<Injection>(names, host, checkInjection);
  if (typeof read === 'string') return wrongUsage(read);
  if (Array.isArray(read)) return printFindings(read, options, host);
  const { source, config } = read;
  const { spec } = config;
  if (source === undefined || spec === undefined)
    return wrongUsage(`there is no ${USUAL}: name the injection with --config`);
  const reading = options.paths.map(path => readManifests(builtPath(path), host, options));
  const sources = (await Promise.all(reading)).flatMap((manifests, index) =>
    manifests.map(manifest => parseSource(manifest, index, '')),
  );
  const unread = sources.flatMap(({ findings, unread: left = [] }) => [...findings, ...left]);
  if (unread.some(({ severity }) => severity === 'error'))
    return printFindings(unread, options, host);
  const placed = sources
    .flatMap(({ objects }) => [...objects])
    .filter(
      ({ json, group }) =>
        group !== 'rem-secrets.io' && annotationsOf(json)[LOCAL_CONFIG] !== 'true',
    );
  if (placed.length === 0)
    return wrongUsage(`nothing to inject into at ${options.paths.join(', ')}: no manifest`);
  const { changed, faults: ofObjects, missed, warnings } = injectInto({ ...config, spec }, placed);
  const faults = [...missed, ...ofObjects];
  const found = locate([...faults, ...warnings], source);
  const isRight = faults.length === 0;
  // Beside the objects on stdout, findings are text on stderr.
  printFindings([...unread, ...found], isRight ? { ...options, format: 'text' } : options, host);
  if (!isRight) return exitCodes.findings;
  if (options.check === true) return printChanged([...changed.keys()], host);
  const objects = placed.map(object => {
    return { before: object.json, after: changed.get(object) ?? object.json };
  });
  printReport(injectFormats, options.output, objects, host);
  return exitCodes.ok;
}

function printChanged(objects: readonly PlacedObject[], host: Host): number {
  for (const object of objects) host.stdout(`${objectText(objectOf(object))} would change\n`);
  return objects.length === 0 ? exitCodes.ok : exitCodes.findings;
}

/** The post-renderers of a HelmRelease, a part of its spec, that inject (docs/facts/flux.md#post-renderers). */
function renderPostRenderers(objects: readonly InjectedObject[]): string {
  const patches = objects.flatMap(({ before, after }): JsonObject[] => {
    const record = textAt(after, 'metadata', 'annotations', RECORD);
    const isNew = record !== undefined && record !== before.metadata.annotations?.[RECORD];
    // The record is merged in first, so that there is a map to which all other annotations can be added.
    const all = patchesOf(before, after, isNew ? { [RECORD]: record } : undefined);
    return all.map(patch => ({ target: patchTarget(before), patch: renderValue(patch) }));
  });
  return renderValue({ spec: { postRenderers: [{ kustomize: { patches } }] } });
}
