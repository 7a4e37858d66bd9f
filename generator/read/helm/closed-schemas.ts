import type { Host } from '../../ground/host.ts';
import { textOf } from '../text-of.ts';
import type { ChartFiles } from './chart-files.ts';

/** What leads to nothing outside of a schema: Helm has the documents of json-schema.org itself. */
const INWARD =
  /"\$(?:ref|dynamicRef|recursiveRef)"\s{0,9}:\s{0,9}"#|"\$schema"\s{0,9}:\s{0,9}"https?:\/\/json-schema\.org\//g;

/** What may lead elsewhere; in any word may be letters that are written as numbers. */
const OUTWARD = /\\u|"\$(?:ref|dynamicRef|recursiveRef|schema)"/;

/**
 * Whether Helm may compare values with the schemas of a chart. It opens what a schema refers to, also a
 * file of the machine and a server on it (docs/facts/helm.md#helm-template); in archives one may be.
 */
export function areSchemasClosed(files: ChartFiles, host: Host): boolean {
  return [...files].every(([path, place]) => {
    if (/\.tgz$/i.test(path)) return false;
    if (!/(?:^|\/)values\.schema\.json$/i.test(path)) return true;
    return !OUTWARD.test(textOf(place, host).replace(INWARD, ' '));
  });
}
