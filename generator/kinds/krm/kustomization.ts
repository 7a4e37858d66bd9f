import { unrendered } from '../helm/release.ts';
import { releaseObjects, releaseUnknowns } from '../helm/release-objects.ts';
import type { Kind } from '../kind.ts';
import { chartReleases, valuesFiles } from './kustomize-charts.ts';

export const kustomizationFile: Kind = {
  group: 'kustomize.config.k8s.io',
  kind: 'Kustomization',
  isNamedFreely: true,
  hosts: 'none',
  files: valuesFiles,
  brings: object => unrendered(object, chartReleases(object)).flatMap(releaseObjects),
  unknowns: object => unrendered(object, chartReleases(object)).flatMap(releaseUnknowns),
};
