import { basename, dirname, join, relative } from 'node:path';
import type { Host } from '../core/host.ts';
import { oncePer, oncePerText } from '../core/once.ts';
import { expand } from '../spec/pipeline.ts';
import { readSettingsFile } from '../world/folders.ts';
import { renderYaml } from '../yaml/write.ts';
import { parseSpecSource, USUAL_SPEC } from './read-spec.ts';
import { madeSources } from './sets.ts';

/** The build of a folder that is, in all of its files, as the spec above it makes it. */
export function expandedText(folder: string, host: Host): string | undefined {
  return textIn(host)(host.realPath(folder) ?? folder);
}

const textIn = oncePer((host: Host) =>
  oncePerText(place => {
    const above = dirname(place);
    const home = basename(above) === 'overlays' ? dirname(above) : above;
    const made = madeIn(host)(join(home, USUAL_SPEC))?.(relative(home, place));
    const [source] = made?.(() => 0) ?? [];
    return source && renderYaml(source.objects.map(({ json }) => json));
  }),
);

const madeIn = oncePer((host: Host) =>
  oncePerText(file => {
    const bytes = readSettingsFile(file, host);
    if (typeof bytes === 'string') return undefined;
    const { value: spec } = parseSpecSource(file, bytes, host).spec;
    const { value: expansion } = spec === undefined ? {} : expand(spec, host.validators);
    return expansion && madeSources(expansion, file, host);
  }),
);
