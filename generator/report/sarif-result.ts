import type { Finding, ObjectName, Place } from '../ground/finding.ts';
import { objectText, withHint } from './text.ts';

/** What a SARIF log says about the tool, and how it names files. */
export interface SarifTool {
  readonly version: string;
  /** The page of a rule, in Markdown. */
  readonly pageOf: (rule: string) => string | undefined;
  /** A file's path from the folder that the repository is checked out to. */
  readonly relativeFile: (file: string) => string;
}

/** How grave a result is. */
export type SarifLevel = 'error' | 'warning' | 'note';

/** A finding or a risk, as SARIF has it. */
export interface SarifResult extends Omit<Finding, 'severity'> {
  readonly level: SarifLevel;
  /** Why somebody takes it, and where that is said. */
  readonly suppression?: { readonly reason: string; readonly at?: Place };
}

/** A result with its locations. */
export function resultOf(result: SarifResult, tool: SarifTool): object {
  const { rule, level, at, object, field, related = [], suppression } = result;
  const location = {
    ...(at !== undefined && physical(at, tool)),
    ...(object !== undefined && { logicalLocations: [logical(object, field)] }),
  };
  const others = related.flatMap(({ at: place, note }, index) =>
    place === undefined
      ? []
      : [{ id: index + 1, ...physical(place, tool), message: { text: note } }],
  );
  return {
    ruleId: rule,
    level,
    message: { text: withHint(result) },
    ...(Object.keys(location).length > 0 && { locations: [location] }),
    ...(others.length > 0 && { relatedLocations: others }),
    ...(suppression !== undefined && { suppressions: [suppressed(suppression, tool)] }),
  };
}

function logical(object: ObjectName, field: string): object {
  return {
    name: object.name,
    fullyQualifiedName: `${objectText(object)} ${field}`.trim(),
    kind: 'resource',
  };
}

function physical({ file, line, column }: Place, { relativeFile }: SarifTool): object {
  const path = relativeFile(file).replaceAll('\\', '/');
  return {
    physicalLocation: {
      artifactLocation: {
        uri: path.split('/').map(uriStep).join('/'),
        uriBaseId: 'SRCROOT',
      },
      region: { startLine: line, startColumn: column },
    },
  };
}

/** A half of a surrogate pair is no character, and has no encoding. */
function uriStep(name: string): string {
  return encodeURIComponent(Buffer.from(name).toString());
}

/** external: it is said in a file of its own, not beside the result. */
function suppressed(
  { reason, at }: NonNullable<SarifResult['suppression']>,
  tool: SarifTool,
): object {
  return {
    kind: 'external',
    status: 'accepted',
    justification: reason,
    ...(at !== undefined && { location: physical(at, tool) }),
  };
}
