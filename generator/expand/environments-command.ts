import type { Host } from '../core/host.ts';
import { findingFormats } from '../report/finding.ts';
import { oneLine } from '../report/text.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import { exit, withSpec } from '../shell/read-spec.ts';
import { unitNames } from '../spec/environment.ts';

export const environmentsCommand: CommandLine<object> = {
  name: 'environments',
  description: 'list the environments and shared clusters',
  examples: [['environments', 'a name a line']],
  define: (command, run) => command.action(run),
};

export const environments: Action<object> = { run: printNames, formats: findingFormats };

/** Prints what can be rendered, a name a line. */
async function printNames(options: CommonOptions, host: Host): Promise<number> {
  return withSpec(options, host, ({ spec }) => {
    host.stdout(
      unitNames(spec)
        .map(name => `${oneLine(name)}\n`)
        .join(''),
    );
    return exit('ok');
  });
}
