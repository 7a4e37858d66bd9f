import { join } from 'node:path';
import { iamFiles } from '#iam-files';
import { andThen, ok } from '../../ground/finding.ts';
import { type Host, textOf } from '../../ground/host.ts';
import type { JsonObject } from '../../ground/json.ts';
import { GENERATED, GENERATED_JSON } from '../../make/kustomize/folder-files.ts';
import { expand } from '../../make/pipeline.ts';
import { parseSpec } from '../../make/spec/parse-spec.ts';
import { refusalOf } from '../../read/inside.ts';
import { iamFormats } from '../../report/formats.ts';

/** The `iam` section of the spec that made `iam/` in a folder, as far as its files tell; undefined: none did. */
export function iamBeside(place: string, host: Host): JsonObject | undefined {
  const texts = [...generatedFiles(place, host)];
  const formats = Object.entries(iamFormats).flatMap(([format, { file }]) =>
    texts.some(([path]) => path.endsWith(`/${file}`)) ? [format] : [],
  );
  if (formats.length === 0) return undefined;
  const accounts = texts.flatMap(([, text]) => [...text.matchAll(/\barn:aws:iam::(\d{12}):/g)]);
  const [account, ...others] = new Set(accounts.map(([, number = '']) => number));
  return {
    ...(formats.join() !== 'terraform' && { formats }),
    ...(account !== undefined && others.length === 0 && { account }),
  };
}

/** Whether a spec makes the files of `iam/` in a folder, each as it is there. */
export function makesIam(text: string, place: string, host: Host): boolean {
  const made = andThen(parseSpec(text), spec =>
    andThen(expand(spec, host.validators), expansion =>
      andThen(iamFiles(spec, expansion, new Map()), files => ok(files)),
    ),
  );
  const there = generatedFiles(place, host);
  const { value = [] } = made;
  return value.length === there.size && value.every(([path, own]) => there.get(path) === own);
}

/** The files below `iam/` that `expand` made, by path from the folder. */
function generatedFiles(place: string, host: Host): Map<string, string> {
  const files = filesIn('iam', place, host, 0);
  const read = files.flatMap((file): [string, string][] => {
    const path = join(place, file);
    return refusalOf(path, host) === undefined ? [[file, textOf(path, host)]] : [];
  });
  return new Map(
    read.filter(([, text]) => text.startsWith(GENERATED) || text.startsWith(GENERATED_JSON)),
  );
}

/** No folder of ours is deeper. */
const DEEPEST = 1;

/** By path from a place. What is a link was not made by `expand`: it may lead to all of the machine. */
function filesIn(folder: string, place: string, host: Host, depth: number): string[] {
  const isLink = host.linkText(join(place, folder)) !== undefined;
  if (isLink || depth > DEEPEST) return [];
  return (host.entriesIn(join(place, folder)) ?? []).flatMap(({ name, kind }) => {
    const path = join(folder, name);
    if (kind === 'folder') return filesIn(path, place, host, depth + 1);
    return kind === 'file' ? [path] : [];
  });
}
