import { isMap } from '../../ground/json.ts';
import { specOf } from '../../kinds/kind.ts';
import { openTelemetryCollector } from '../../kinds/otel/open-telemetry-collector.ts';
import type { Form } from './form.ts';
import { given, unless } from './given.ts';
import { portsEntry } from './workload.ts';
import { envEntry, envFromEntries } from './workload-env.ts';

/** An OpenTelemetryCollector with its configuration. */
export const collectorForm: Form = {
  section: 'workloads',
  kinds: [openTelemetryCollector],
  ways: (object, context) => {
    const spec = specOf(object);
    if (!isMap(spec['config'])) return 'its config is no map';
    const entry = given({
      kind: object.kind,
      image: spec['image'],
      replicas: spec['replicas'],
      mode: unless(spec['mode'], 'deployment'),
      ...portsEntry(spec, 'port'),
      env: envEntry(spec, context),
      envFrom: envFromEntries(spec),
      resources: spec['resources'],
      config: spec['config'],
    });
    return [{ way: 'collector', entry, covers: [object] }];
  },
};
