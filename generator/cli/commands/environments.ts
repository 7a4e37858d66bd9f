import type { Host } from '../../ground/host.ts';
import { targetNames } from '../../make/model/target-names.ts';
import { oneLine } from '../../report/one-line.ts';
import { type CommonOptions, exit, withSpec } from '../read-spec.ts';

/** Prints what can be rendered, a name a line. */
export function environments(options: CommonOptions, host: Host): number {
  return withSpec(options, host, ({ spec }) => {
    host.stdout(
      targetNames(spec)
        .map(name => `${oneLine(name)}\n`)
        .join(''),
    );
    return exit('ok');
  });
}
