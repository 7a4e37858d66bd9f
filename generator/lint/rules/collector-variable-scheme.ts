import { placedTexts } from '../../graph/plain-text.ts';
import { openTelemetryCollector } from '../../kinds/otel.ts';
import { type Rule, warning } from '../rule.ts';

export const collectorVariableScheme: Rule = warning(
  'collector-variable-scheme',
  function* (graph) {
    if (graph.byKind(openTelemetryCollector).length === 0) return;
    for (const { object, path, text, container } of placedTexts(graph)) {
      if (object.knownKind !== openTelemetryCollector || container !== undefined) continue;
      const [, name] = /(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/.exec(text) ?? [];
      if (name === undefined || path[1] !== 'config') continue;
      yield {
        object,
        path,
        message: `"${name}" is a variable without the scheme env`,
        hint: `Write \${env:${name}}: Flux and envsubst replace \${${name}} before the collector sees it.`,
      };
    }
  },
);
