import { join } from 'node:path';
import { type Fault, type Outcome, outcome } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { Expansion } from '../../make/pipeline.ts';
import { inDocument } from '../../make/spec/source-path.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import { within } from '../../read/inside.ts';
import { kustomizationIn } from '../../read/kustomization-files.ts';

/** A component is a folder that people write; kustomize would only say that it cannot be read. */
export function checkComponents(
  spec: SpecObject,
  { units }: Expansion,
  host: Host,
): Outcome<undefined | true> {
  const own = within('.', host);
  const there = (host.entriesIn('components') ?? [])
    .map(({ name }) => name)
    .filter(name => kustomizationIn(join('components', name), own) !== undefined);
  const faults = units.flatMap(({ name, components }) =>
    components.flatMap((component, index): Fault[] => {
      if (there.includes(component)) return [];
      const fault = {
        id: 'unknown-component',
        message: `there is no component "${component}" in components/`,
        hint: knownNames('components', component, there),
        path: ['components', index],
      };
      return inDocument([fault], spec, name);
    }),
  );
  return outcome(true, faults);
}
