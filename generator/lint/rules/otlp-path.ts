import { mapAt, textAt } from '../../core/json.ts';
import { specOf } from '../../kinds/kind.ts';
import { openTelemetryCollector } from '../../kinds/otel.ts';
import type { Container } from '../../kinds/pods.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';

export const otlpPath: Rule = error('otlp-path', function* ({ byKind, containers }) {
  for (const object of byKind(openTelemetryCollector))
    for (const [name, exporter] of Object.entries(mapAt(specOf(object), 'config', 'exporters'))) {
      const signal = signalIn(textAt(exporter, 'endpoint') ?? '');
      if (signal === undefined || !/^otlp_?http(\/|$)/.test(name)) continue;
      yield {
        object,
        path: ['spec', 'config', 'exporters', name, 'endpoint'],
        message: `the endpoint of exporter "${name}" ends in /v1/${signal}, which the exporter appends itself`,
        hint: `Write the base URL, or name the whole one in ${signal}_endpoint.`,
      };
    }
  for (const container of containers) yield* faultsOfVariables(container);
});

function signalIn(endpoint: string): string | undefined {
  return /\/v1\/(traces|metrics|logs)\/?$/.exec(endpoint)?.[1];
}

const ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** Faults of the variable that every SDK takes its endpoint from. With gRPC there are no paths. */
function* faultsOfVariables({ object, env }: Container): Iterable<RuleFault> {
  const isGrpc = env.some(
    ({ name, value }) => name === 'OTEL_EXPORTER_OTLP_PROTOCOL' && value === 'grpc',
  );
  for (const { name, value, path } of env) {
    const signal = name === ENDPOINT && !isGrpc ? signalIn(value ?? '') : undefined;
    if (signal === undefined) continue;
    yield {
      object,
      path: [...path, 'value'],
      message: `${ENDPOINT} ends in /v1/${signal}, which the exporter appends itself`,
      hint: `Write the base URL, or name the whole one in OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT.`,
    };
  }
}
