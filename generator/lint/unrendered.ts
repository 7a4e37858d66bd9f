import { basename, dirname, join } from 'node:path';
import { type Host, textOf } from '../core/host.ts';
import { sum } from '../core/json.ts';
import { listingOf } from '../world/folders.ts';
import { isBelow } from '../world/inside.ts';
import type { ObjectSource } from '../world/source.ts';

/** Files below the paths that make manifests when a program is run, which nobody ran. */
export interface Unrendered {
  /** Charts of which Helm made nothing. */
  readonly charts: number;
  /** Reads of Secrets in the templates of these charts, as far as their text shows. */
  readonly chartReads: number;
  /** Files of helmfile. */
  readonly helmfiles: number;
}

export const NOTHING_UNRENDERED: Unrendered = { charts: 0, chartReads: 0, helmfiles: 0 };

/** Looks for charts and helmfiles at paths. A chart inside of another one is a part of it. */
export function unrenderedAt(
  paths: readonly string[],
  sources: readonly ObjectSource[],
  host: Host,
): Unrendered {
  const folders = paths.filter(path => path !== '-' && host.isFolder(path));
  const files = new Map(
    folders.flatMap(folder => {
      const { files, placeOf } = listingOf(folder, host);
      return files.map(file => [placeOf(file), join(folder, file)] as const);
    }),
  );
  const homes = [...files.keys()].filter(file => basename(file) === 'Chart.yaml').map(dirname);
  const made = sources.flatMap(({ helm, places = [] }) => (helm === undefined ? [] : places));
  const isWhole = (home: string): boolean =>
    !homes.some(above => above !== home && isBelow(above, home));
  const charts = homes.filter(home => isWhole(home) && !made.some(place => isBelow(home, place)));
  const templates = [...files].filter(
    ([place]) =>
      /\/templates\/.*\.(ya?ml|tpl)$/.test(place) && charts.some(chart => isBelow(chart, place)),
  );
  return {
    charts: charts.length,
    chartReads: sum(templates.map(([, file]) => readsIn(file, host))),
    helmfiles: [...files.keys()].filter(isHelmfile).length,
  };
}

/** In bytes. Templates that people write are smaller. */
const MOST_BYTES = 1024 * 1024;

function readsIn(file: string, host: Host): number {
  if (host.kindOf(file) !== 'file' || host.sizeOf(file) > MOST_BYTES) return 0;
  const lines = textOf(file, host)
    .split('\n')
    .filter(line => !/^\s*#/.test(line));
  return sum(lines.map(line => line.match(READ)?.length ?? 0));
}

const READ = /\b(?:secretKeyRef|secretRef|secretName)\s*:/g;

/** `helmfile.yaml`, `helmfile.d/web.yaml`, `values.yaml.gotmpl`. */
function isHelmfile(file: string): boolean {
  return /(^|\/)(helmfile(\.[^/]*)?\.ya?ml|helmfile\.d\/[^/]*\.ya?ml|[^/]*\.gotmpl)$/.test(file);
}
