import { placedTexts } from '../../graph/plain-text.ts';
import { openTelemetryCollector } from '../../kinds/otel.ts';
import { type Rule, warning } from '../rule.ts';

export const collectorVariableScheme: Rule = warning(
  'collector-variable-scheme',
  placedTexts,
  ({ object, path, text, container }) => {
    if (object.knownKind !== openTelemetryCollector || container !== undefined) return undefined;
    const [, name] = /(?<!\$)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/.exec(text) ?? [];
    if (name === undefined || path[1] !== 'config') return undefined;
    return {
      path,
      message: `"${name}" is a variable without the scheme env`,
      hint: `Write \${env:${name}}: Flux and envsubst replace \${${name}} before the collector sees it.`,
    };
  },
);
