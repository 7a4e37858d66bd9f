import { mapAt, textAt } from '../../ground/json.ts';
import { releaseObjects, releaseUnknowns } from '../helm/release-objects.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { ARGOCD } from './application.ts';
import { helmReleases, valueFiles } from './helm-releases.ts';

export const applicationSet: Kind = {
  group: ARGOCD,
  kind: 'ApplicationSet',
  /** Those in its values are hosts of what comes of them. */
  hosts: 'none',
  files: item => valueFiles(mapAt(specOf(item), 'template', 'spec')),
  brings: item => releasesOf(item).flatMap(releaseObjects),
  unknowns: item => releasesOf(item).flatMap(releaseUnknowns),
};

/** What its template says of each Application; what a generator fills in is left open. */
function releasesOf(item: Item): ReturnType<typeof helmReleases> {
  const name = textAt(specOf(item), 'template', 'metadata', 'name') ?? item.name;
  return helmReleases({ item, name, path: ['spec', 'template', 'spec'] });
}
