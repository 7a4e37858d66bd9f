import { targetNames } from '../../model/target-names.ts';
import type { Host } from '../host.ts';
import { type CommonOptions, exit, withSpec } from '../read-spec.ts';

/** Prints what can be rendered, a name a line. */
export function environments(options: CommonOptions, host: Host): number {
  return withSpec(options, host, ({ spec }) => {
    host.stdout(
      targetNames(spec)
        .map(name => `${name}\n`)
        .join(''),
    );
    return exit('ok');
  });
}
