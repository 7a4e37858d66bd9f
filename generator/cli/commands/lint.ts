import { checkGraph } from '../../checks/check-graph.ts';
import { locateFindings } from '../../checks/locate-findings.ts';
import { buildGraph } from '../../graph/build-graph.ts';
import { itemOf } from '../../graph/item.ts';
import { andThen, type Finding, ok } from '../../source/finding.ts';
import { locate, type SourceFile } from '../../source/locate.ts';
import { parseStream } from '../../source/yaml-text.ts';
import { manifestsOf } from '../../validation/manifests.ts';
import type { Host } from '../host.ts';
import { readManifests } from '../read-manifests.ts';
import { type CommonOptions, printFindings } from '../read-spec.ts';

export interface LintOptions extends CommonOptions {
  readonly paths: readonly string[];
  readonly namespace: string;
}

/** Checks the secret flow of all manifests at the paths together, as one set. */
export function lint(options: LintOptions, host: Host): number {
  const sources = options.paths.flatMap(path => readManifests(path, host));
  const files = sources.map(({ file, text = '' }): SourceFile => ({ file, text, isStream: true }));
  const broken: Finding[] = sources.flatMap(({ findings }) => [...findings]);
  const items = files.flatMap((file, number) => {
    const parsed = andThen(parseStream(file.text), documents => ok(manifestsOf(documents)));
    if (parsed.value === undefined) broken.push(...locate(parsed.faults, file));
    return (parsed.value ?? []).map(({ object, path }) =>
      itemOf(object, number, path, options.namespace),
    );
  });
  const found = locateFindings(checkGraph(buildGraph(items)), files);
  return printFindings([...broken, ...found], options, host);
}
