import type { Installed } from '../helm/installed.ts';
import { unrendered } from '../helm/local-chart.ts';
import type { Release } from '../helm/release.ts';
import { releaseObjects, releaseUnknowns } from '../helm/release-objects.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { appliedByApplication } from './applied.ts';
import { folderReleases, helmReleases, valueFiles } from './helm-releases.ts';

export const ARGOCD = 'argoproj.io';

export const argoApplication: Kind = {
  group: ARGOCD,
  kind: 'Application',
  applies: appliedByApplication,
  /** Those in its values are hosts of what comes of them. */
  hosts: 'none',
  files: item => valueFiles(specOf(item)),
  brings: item => unrendered(item, releasesOf(item)).flatMap(releaseObjects),
  unknowns: item => unrendered(item, releasesOf(item)).flatMap(releaseUnknowns),
  charts: item => folderReleases({ item, name: item.name, path: ['spec'] }),
  installs: item => releasesOf(item).flatMap(installedBy),
};

function releasesOf(item: Item): ReturnType<typeof helmReleases> {
  return helmReleases({ item, name: item.name, path: ['spec'] });
}

/** The objects of a chart have the name of the release in theirs: of another they are others. */
function installedBy({ chart, name, namespace }: Release): Installed[] {
  if (chart === undefined) return [];
  return [
    {
      id: chart,
      parts: [
        { what: 'release name', value: name, path: ['spec', 'source', 'helm', 'releaseName'] },
        { what: 'namespace', value: namespace, path: ['spec', 'destination', 'namespace'] },
      ],
    },
  ];
}
