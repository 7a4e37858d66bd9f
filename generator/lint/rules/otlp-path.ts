import { mapAt, textAt } from '../../ground/json.ts';
import { specOf } from '../../kinds/kind.ts';
import { openTelemetryCollector } from '../../kinds/otel/open-telemetry-collector.ts';
import type { Rule } from '../rule.ts';

export const otlpPath: Rule = {
  id: 'otlp-path',
  severity: 'error',
  summary: 'The endpoint of an OTLP/HTTP exporter is a base URL.',

  *check({ byKind }) {
    for (const item of byKind(openTelemetryCollector)) {
      for (const [name, exporter] of Object.entries(mapAt(specOf(item), 'config', 'exporters'))) {
        const signal = /\/v1\/(traces|metrics|logs)\/?$/.exec(
          textAt(exporter, 'endpoint') ?? '',
        )?.[1];
        if (signal === undefined || !/^otlp_?http(\/|$)/.test(name)) continue;
        yield {
          item,
          path: ['spec', 'config', 'exporters', name, 'endpoint'],
          message: `the endpoint of exporter "${name}" ends in /v1/${signal}, which the exporter appends itself`,
          hint: `Write the base URL, or name the whole one in ${signal}_endpoint.`,
        };
      }
    }
  },
};
