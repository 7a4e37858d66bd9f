import type { Host } from '../../ground/host.ts';
import { unitNames } from '../../make/model/unit-names.ts';
import { findingFormats } from '../../report/finding/formats.ts';
import { oneLine } from '../../report/one-line.ts';
import type { Action, CommandLine, CommonOptions } from '../command.ts';
import { exit, withSpec } from '../read-spec.ts';

export const environmentsCommand: CommandLine<object> = {
  name: 'environments',
  description: 'list the environments and shared clusters',
  examples: [['environments', 'a name a line']],
  define: (command, run) => command.action(run),
};

export const environments: Action<object> = { run: printNames, formats: findingFormats };

/** Prints what can be rendered, a name a line. */
function printNames(options: CommonOptions, host: Host): number {
  return withSpec(options, host, ({ spec }) => {
    host.stdout(
      unitNames(spec)
        .map(name => `${oneLine(name)}\n`)
        .join(''),
    );
    return exit('ok');
  });
}
