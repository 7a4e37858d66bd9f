import { andThen, ok } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { type Formats, findingFormats } from '../report/finding.ts';
import { jsonText, linesText, renderList } from '../report/text.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { printReport } from '../shell/print.ts';
import { withSpec } from '../shell/read-spec.ts';
import { unitNames } from '../spec/environment.ts';
import { expandUnit } from '../spec/pipeline.ts';
import { renderYaml } from '../yaml/write.ts';

export const objectFormats: Formats<readonly KubeObject[]> = { yaml: renderYaml, json: renderList };

type RenderFlags = { readonly environment?: string; readonly output: string };

export const renderCommand: CommandLine<RenderFlags> = {
  name: 'render',
  description: 'print the objects of an environment, or of a cluster that several share',
  examples: [
    ['render prod', 'the objects of one environment'],
    ['render prod -o json', 'as one List in JSON'],
  ],
  define: (command, run) =>
    command
      .argument('[environment]', 'default: spec.environment')
      .option('-e, --environment <name>', 'the same as the argument')
      .option('-o, --output <format>', 'how the objects are printed', 'yaml')
      .action((environment, flags) => run({ ...flags, ...(environment && { environment }) })),
};

export const render: Action<RenderFlags> = {
  run: printObjects,
  formats: findingFormats,
  outputs: objectFormats,
};

async function printObjects(options: RenderFlags & CommonOptions, host: Host): Promise<number> {
  return withSpec(options, host, ({ spec }) =>
    andThen(expandUnit(spec, options.environment, host.validators), unit => {
      const objects = unit.objects.map(({ object }) => object);
      printReport(objectFormats, options.output, objects, host);
      const { name, components } = unit;
      const note = `${components.join(', ')}: kustomize adds what components do (kustomize build overlays/${name})\n`;
      if (components.length > 0) host.stderr(note);
      return ok(exitCodes.ok);
    }),
  );
}

export const environmentsCommand: CommandLine<object> = {
  name: 'environments',
  description: 'list the environments and shared clusters',
  examples: [['environments', 'one name on each line']],
  define: (command, run) => command.action(run),
};

export const environments: Action<object> = { run: printNames, formats: findingFormats };

async function printNames(options: CommonOptions, host: Host): Promise<number> {
  return withSpec(options, host, ({ spec }) => {
    const names = unitNames(spec);
    host.stdout(options.format === 'json' ? jsonText({ environments: names }) : linesText(names));
    return ok(exitCodes.ok);
  });
}
