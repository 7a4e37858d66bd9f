import { basename, join } from 'node:path';
import type { Place } from '../../ground/finding.ts';
import { type Host, textOf } from '../../ground/host.ts';
import { textAt } from '../../ground/json.ts';
import { type PlaceOf, placesIn } from '../../ground/locate.ts';
import type { Manifest } from '../../ground/manifests.ts';
import { isNamedFile } from '../inside.ts';
import type { Kustomization } from '../kustomize/kustomization.ts';
import { valuesAt } from '../kustomize/loads.ts';
import { sourcePath } from '../kustomize/remote.ts';

/** A ConfigMap of a generator, as far as files have its data, and where that stands. */
export interface GeneratedInput extends Manifest {
  readonly places: PlaceOf;
  /** The key whose value the file is; kustomize puts a hash behind the name. */
  readonly generated: string;
}

/** The ConfigMaps that a kustomization makes of files; `shown`: its folder. */
export function generatedInputs(
  { document }: Kustomization,
  shown: string,
  host: Host,
): GeneratedInput[] {
  return valuesAt(document, ['configMapGenerator', '*']).flatMap(({ value }) => {
    const name = textAt(value, 'name') ?? '';
    return valuesAt(value, ['files', '*']).flatMap(({ value: entry }) => {
      if (typeof entry !== 'string') return [];
      const path = sourcePath(entry);
      const key = entry.includes('=') ? entry.slice(0, entry.indexOf('=')) : basename(path);
      const file = join(shown, path);
      return isNamedFile(file, host) ? [inputOf({ name, key, file }, host)] : [];
    });
  });
}

interface DataFile {
  readonly name: string;
  readonly key: string;
  readonly file: string;
}

function inputOf({ name, key, file }: DataFile, host: Host): GeneratedInput {
  const text = textOf(file, host);
  let inFile: PlaceOf | undefined;
  const places: PlaceOf = ({ path: [data, own, ...inner] }): Place => {
    if (data !== 'data' || own !== key || inner.length === 0) return { file, line: 1, column: 1 };
    inFile ??= placesIn({ file, text });
    return inFile({ path: inner });
  };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { [key]: text } };
  return { object, path: [], places, generated: key };
}
