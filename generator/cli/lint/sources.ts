import { type Item, itemOf } from '../../graph/item.ts';
import type { Finding } from '../../source/finding.ts';
import { locate } from '../../source/locate.ts';
import type { ParseStream } from '../../source/shared-documents.ts';
import { parseStream } from '../../source/yaml-text.ts';
import { listItems, manifestsOf } from '../../validation/manifests.ts';
import type { ManifestSource } from '../read-manifests.ts';

/** A stream of manifests, read. */
export interface LintSource extends ManifestSource {
  readonly items: readonly Item[];
  /** Documents that are no Kubernetes objects. */
  readonly strangers: number;
}

/** Reads the objects of a source; broken YAML is a finding. `number` is the source's own. */
export function readSource(
  source: ManifestSource,
  number: number,
  namespace: string,
  parse: ParseStream = parseStream,
): LintSource {
  const { text, file, findings } = source;
  if (text === undefined) return { ...source, items: [], strangers: 0 };
  const { value, faults } = parse(text);
  if (value === undefined) {
    const broken = locate(faults, { file, text, isStream: true });
    return { ...source, items: [], strangers: 0, findings: [...findings, ...helped(broken, text)] };
  }
  const manifests = manifestsOf(value);
  const objects = new Set(manifests.map(({ path }) => path[0]));
  const isStranger = (document: unknown, index: number): boolean =>
    document !== null && !objects.has(index) && listItems(document)?.length !== 0;
  return {
    ...source,
    items: manifests.map(({ object, path }) => itemOf(object, number, path, namespace)),
    strangers: value.filter(isStranger).length,
  };
}

/** A template of Helm is no YAML: what it makes is. */
function helped(findings: readonly Finding[], text: string): Finding[] {
  if (!text.includes('{{')) return [...findings];
  const hint =
    'This is a template: lint what it makes, as in `helm template . | rem-secrets lint -`.';
  return findings.map(finding => ({ ...finding, hint }));
}
