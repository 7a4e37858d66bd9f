import { andThen } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import type { BuiltUnit } from '../../make/built-unit.ts';
import { expandUnit } from '../../make/pipeline.ts';
import { findingFormats } from '../../report/finding/formats.ts';
import { objectFormats } from '../../report/objects.ts';
import type { Action, CommandLine, CommonOptions } from '../command.ts';
import { printReport } from '../print.ts';
import { exit, withSpec } from '../read-spec.ts';

interface RenderFlags {
  readonly environment?: string;
  readonly output: string;
}

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
      .option('-o, --output <format>', 'how they are printed', 'yaml')
      .action((environment, flags) => run({ ...flags, environment })),
};

export const render: Action<RenderFlags> = {
  run: printObjects,
  formats: findingFormats,
  outputs: objectFormats,
};

/** Prints the objects of one environment. */
function printObjects(options: RenderFlags & CommonOptions, host: Host): number {
  return withSpec(options, host, ({ spec }) =>
    andThen(expandUnit(spec, options.environment, host.validators), unit => {
      const objects = unit.objects.map(({ object }) => object);
      printReport(objectFormats, options.output, objects, host);
      if (unit.components.length > 0) host.stderr(componentsNote(unit));
      return exit('ok');
    }),
  );
}

function componentsNote({ name, components }: BuiltUnit): string {
  return `${components.join(', ')}: kustomize adds what components do (kustomize build overlays/${name})\n`;
}
