import { textAt } from '../../ground/json.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { Applied, Unknown } from '../deployment-ends.ts';
import { localReleases, unrendered } from '../helm/local-chart.ts';
import type { Release } from '../helm/release.ts';
import { releaseObjects, releaseUnknowns } from '../helm/release-objects.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
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
    ...new Set(
      madeApplications(set).applications.flatMap(({ object }) => valueFiles(specOf(object))),
    ),
  ],
  brings: set => unrendered(set, releasesOf(set, helmReleases)).flatMap(releaseObjects),
  unknowns: set => [
    ...unrendered(set, releasesOf(set, helmReleases)).flatMap(releaseUnknowns),
    ...unseenOf(set),
  ],
  charts: set => localReleases(releasesOf(set, folderReleases)),
};

function appliedBy({ object, placeOf, open }: MadeApplication): Applied[] {
  return appliedByApplication(object).map(applied => ({
    ...applied,
    at: placeOf(applied.at),
    name: object.name,
    ...(open.length > 0 && { open }),
  }));
}

/** Its charts; what is not known of them is left open in the texts. */
function releasesOf(set: PlacedObject, releases: typeof helmReleases): Release[] {
  return madeApplications(set).applications.flatMap(({ object, placeOf }) =>
    releases({ object, name: object.name, path: ['spec'] }).map(({ local, ...release }) => ({
      ...release,
      ...(local && { local: { ...local, at: placeOf(local.at), name: object.name } }),
      placeOf: path => {
        const place = release.placeOf(path);
        return place.object === object ? { object: set, path: placeOf(place.path) } : place;
      },
    })),
  );
}

/** What is not known of the Applications themselves. */
function unseenOf(set: PlacedObject): Unknown[] {
  const { applications, isCutOff } = madeApplications(set);
  const patched = applications.find(({ isPatchedUnseen }) => isPatchedUnseen);
  const what = `the ApplicationSet "${set.name}"`;
  const cut = isCutOff ? [{ what: `${what} (it makes more Applications than are read)` }] : [];
  if (patched === undefined) return cut;
  const namespace = textAt(specOf(patched.object), 'destination', 'namespace') ?? '';
  const where = namespace === '' || isUnresolved(namespace) ? {} : { namespace };
  return [...cut, { ...where, what: `${what} (its templatePatch is not read)` }];
}
