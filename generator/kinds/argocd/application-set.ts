import { textAt } from '../../ground/json.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { Applied, Unknown } from '../deployment-ends.ts';
import { localReleases, unrendered } from '../helm/local-chart.ts';
import type { Release } from '../helm/release.ts';
import { releaseObjects, releaseUnknowns } from '../helm/release-objects.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { ARGOCD } from './application.ts';
import { type MadeApplication, madeApplications } from './application-sets/made-applications.ts';
import { appliedByApplication } from './applied.ts';
import { folderReleases, helmReleases, valueFiles } from './helm-releases.ts';

/** It makes Applications: what each of them applies and installs is looked at as if it stood for itself. */
export const applicationSet: Kind = {
  group: ARGOCD,
  kind: 'ApplicationSet',
  seesTree: true,
  applies: set => madeApplications(set).applications.flatMap(appliedBy),
  /** Those in its values are hosts of what comes of them. */
  hosts: 'none',
  files: set => [
    ...new Set(madeApplications(set).applications.flatMap(({ item }) => valueFiles(specOf(item)))),
  ],
  brings: set => unrendered(set, releasesOf(set, helmReleases)).flatMap(releaseObjects),
  unknowns: set => [
    ...unrendered(set, releasesOf(set, helmReleases)).flatMap(releaseUnknowns),
    ...unseenOf(set),
  ],
  charts: set => localReleases(releasesOf(set, folderReleases)),
};

function appliedBy({ item, placeOf, open }: MadeApplication): Applied[] {
  return appliedByApplication(item).map(applied => ({
    ...applied,
    at: placeOf(applied.at),
    name: item.name,
    ...(open.length > 0 && { open }),
  }));
}

/** Its charts; what is not known of them is left open in the texts. */
function releasesOf(set: Item, releases: typeof helmReleases): Release[] {
  return madeApplications(set).applications.flatMap(({ item, placeOf }) =>
    releases({ item, name: item.name, path: ['spec'] }).map(({ local, ...release }) => ({
      ...release,
      ...(local && { local: { ...local, at: placeOf(local.at), name: item.name } }),
      placeOf: path => {
        const place = release.placeOf(path);
        return place.item === item ? { item: set, path: placeOf(place.path) } : place;
      },
    })),
  );
}

/** What is not known of the Applications themselves. */
function unseenOf(set: Item): Unknown[] {
  const { applications, isCutOff } = madeApplications(set);
  const patched = applications.find(({ isPatchedUnseen }) => isPatchedUnseen);
  const what = `the ApplicationSet "${set.name}"`;
  const cut = isCutOff ? [{ what: `${what} (it makes more Applications than are read)` }] : [];
  if (patched === undefined) return cut;
  const namespace = textAt(specOf(patched.item), 'destination', 'namespace') ?? '';
  const where = namespace === '' || isUnresolved(namespace) ? {} : { namespace };
  return [...cut, { ...where, what: `${what} (its templatePatch is not read)` }];
}
