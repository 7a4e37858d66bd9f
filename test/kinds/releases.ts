import type { SecretGraph } from '../../generator/graph/secret-graph.ts';
import { yamlIn } from '../machine.ts';

/** A HelmRelease of a chart with values, which are YAML in braces. */
export function release(values: string, chart = 'app-template', more = ''): string {
  return `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: shop, namespace: apps }
spec: { chart: { spec: { chart: ${chart} } }, values: ${values}${more} }
`;
}

/** A HelmRelease of app-template with one controller, which has one container. */
export function containerRelease(container: string, more = ''): string {
  const app = `{ image: { repository: shop, tag: '1' }, ${container} }`;
  return release(`{ controllers: { main: { containers: { app: ${app} } } } ${more} }`);
}

/** What is read: `secret/key how`, and `given` where no release makes it. */
export function readsOf({ readers }: SecretGraph): string[] {
  return readers.map(({ secret, key, how, isOptional, isGiven }) =>
    [key === undefined ? secret : `${secret}/${key}`, how]
      .concat(isOptional ? ['optional'] : [], isGiven ? ['given'] : [])
      .join(' '),
  );
}

/** Objects as `Kind/namespace/name`. */
export function objectsIn({ objects }: SecretGraph): string[] {
  return objects
    .filter(({ written }) => written !== undefined)
    .map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`);
}

/** Of each text, as JSON, what it reads. */
export function readsIn(what: string): [text: string, reads: readonly string[]][] {
  const all = yamlIn<Record<string, [object, ...string[]][]>>(import.meta.dirname, 'reads.yaml');
  return (all[what] ?? []).map(([object, ...reads]) => [JSON.stringify(object), reads]);
}
