import type { PlacedObject } from '../kinds/kind.ts';

/** What is to be said of an object's apiVersion: nothing, as for kinds that are not known. */
export interface VersionFault {
  readonly isServed: boolean;
  /** The apiVersion to write; undefined where nothing has taken its place. */
  readonly wanted: string | undefined;
  readonly since: string;
}

/** Whether the API server knows the apiVersion of an object, and for how long. */
export function versionFault({ json, group, known }: PlacedObject): VersionFault | undefined {
  const served = known?.served;
  if (known === undefined || served === undefined) return undefined;
  const { versions, deprecated = [], since } = served;
  const { apiVersion } = json;
  const version = apiVersion.slice(apiVersion.lastIndexOf('/') + 1);
  const isServed = known.group === group && versions.includes(version);
  if (isServed && !deprecated.includes(version)) return undefined;
  const [newest] = versions;
  const wanted = known.group === '' || newest === undefined ? newest : `${known.group}/${newest}`;
  return { isServed, wanted, since };
}

/** What to write in the place of an apiVersion that is not served. */
export function versionHint({ wanted, since }: VersionFault): string {
  return wanted === undefined
    ? `Remove it: it is gone since ${since}, and nothing has taken its place.`
    : `Write ${wanted}: it is the one since ${since}. Fields may have changed with it.`;
}
