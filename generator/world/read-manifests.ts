import { basename, dirname, join, relative } from 'node:path';
import type { Host } from '../core/host.ts';
import { byTemplate } from './charts.ts';
import { kustomizationIn } from './folders.ts';
import { madeChart } from './helm.ts';
import { boundsOf, IS_SUBMODULE, refusalOf } from './inside.ts';
import { built } from './kustomize/build.ts';
import type { Allowed } from './programs.ts';
import { surveyOf } from './repository.ts';
import {
  bytesSource,
  fileSource,
  isManifest,
  type ManifestSource,
  notRead,
  readFound,
  readNamed,
  skipped,
  topOf,
  unreadable,
} from './source.ts';

/** The manifests at a file, stdin (`-`), or a folder: built if it is a kustomization, else read, with its unused kustomizations. */
export async function readManifests(
  path: string,
  host: Host,
  allowed: Allowed = {},
): Promise<ManifestSource[]> {
  if (path === '-') return [bytesSource('stdin', host.readStdin())];
  const refusal = refusalOf(path, host);
  if (refusal !== undefined) return [unreadable(path, path, refusal)];
  if (!host.isFolder(path)) return [readNamed(path, host)];
  const file = kustomizationIn(path, host);
  const root = boundsOf(path, host);
  if (file === undefined && host.kindOf(join(path, CHART)) === 'file')
    return readChart(path, root, allowed, host);
  if (file === undefined) return readFolder(path, root, allowed, host);
  const fileRefusal = refusalOf(file, host);
  if (fileRefusal !== undefined) return [unreadable(path, file, fileRefusal)];
  return [await built({ folder: path, file, root, allowed }, host)];
}

const CHART = 'Chart.yaml';

/** A chart that a user names, whether or not anything installs it: what Helm, if allowed, makes of it with its own values. */
async function readChart(path: string, root: string, { helm }: Allowed, host: Host) {
  const folder = host.realPath(path) ?? path;
  const file = join(path, CHART);
  const name = basename(folder);
  const notMade = (hint: string, why = ''): ManifestSource[] => {
    const unread = [notRead(`the Helm chart "${name}"${why}`, hint, topOf(file))];
    return [fileSource(file, { name: path, text: '', unread, places: [join(folder, CHART)] })];
  };
  if (helm === undefined)
    return notMade(`--helm reads it, and so does \`helm template ${path} | rem-secrets lint -\`.`);
  const local = { path, at: [], hasCrds: false, hasHooks: true };
  const release = { name, namespace: 'default', values: {}, isPartly: false, local };
  const placeOf = (): never => {
    throw new Error('a chart with its own values has no layer of values');
  };
  const made = await madeChart({ folder, root, release: { ...release, placeOf }, helm }, host);
  if ('why' in made) return notMade(made.hint, `: ${made.why}`);
  return [...byTemplate(made.text)].map(([template, text]) => {
    const place = made.files.get(template) ?? join(folder, CHART);
    const read = { name: path, text, places: [place], isBuilt: true, helm: helm.version };
    return fileSource(join(path, relative(folder, place)), read);
  });
}

/** A folder that is no kustomization; `root`: the folder that its kustomizations may not leave. */
async function readFolder(path: string, root: string, allowed: Allowed, host: Host) {
  const { listing, tops, loose } = surveyOf(path, host);
  const builds = tops.map(file => {
    const folder = join(path, dirname(file));
    return built({ folder, file: join(path, file), root, allowed }, host);
  });
  const read = [
    ...loose.map(file => readFound(join(path, file), host)).filter(isManifest),
    ...(await Promise.all(builds)),
  ];
  const isAll = read.length === 0;
  const others = listing.unread.map(({ file, reason }) =>
    unreadSource(join(path, file), reason, isAll),
  );
  return [...read, ...others];
}

/** Something in a folder that is not read; `isAll`: nothing else of the folder was read either. */
export function unreadSource(name: string, reason: string, isAll: boolean): ManifestSource {
  return isAll && reason !== IS_SUBMODULE
    ? unreadable(name, name, `not read: it ${reason}`)
    : skipped(name, `it ${reason}`);
}
