import type { Path } from '../../core/finding.ts';
import { mapAt, mapsIn, textAt, valueAt } from '../../core/json.ts';
import { isUnresolved, type KubeObject } from '../../core/kube-object.ts';
import { TEMPLATE_SPEC, templateSource } from '../apps.ts';
import type { AppliedFolder, Unknown } from '../facets.ts';
import { localReleases, type Release } from '../helm/release.ts';
import { valuesOfCharts } from '../helm/values.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import {
  ARGOCD,
  applicationFields,
  appliedByApplication,
  cascadeFinalizer,
  contentsOf,
  folderReleases,
  helmReleases,
  originsOfApplication,
  valueFiles,
} from './application.ts';
import { type MadeApplication, madeApplications, withFinalizer } from './made-applications.ts';

const CHARTS = valuesOfCharts(set => releasesOf(set, helmReleases));

/** Each Application that it makes is read as if it were written out. */
export const applicationSet: Kind = {
  group: ARGOCD,
  kind: 'ApplicationSet',
  applies: {
    needsRepository: true,
    folders: set => madeApplications(set).applications.flatMap(appliedBy),
    valueFiles: set => ofMade(set, valueFiles),
    contents: set => ofMade(set, contentsOf),
    objects: CHARTS.objects,
    unknowns: (set, find) => [...CHARTS.unknowns(set, find), ...unseenOf(set)],
    localReleases: set => localReleases(releasesOf(set, folderReleases)),
  },
  changes: {
    origins: set => [...originsOfApplication(set, ['spec', 'template']), ...originsOfGit(set)],
  },
  fields: {
    hosts: 'none',
    shows: [...applicationFields('spec.template.spec'), 'spec.generators.git.*'],
  },
};

/** The repositories in which generators look for folders and files. */
function originsOfGit(set: KubeObject): Path[] {
  return mapsIn(valueAt(set, GENERATORS), GENERATORS)
    .filter(({ path }) => path.at(-1) === 'git')
    .flatMap(({ path }) => ['repoURL', 'revision'].map(field => [...path, field]));
}

const GENERATORS = ['spec', 'generators'];

function ofMade(set: PlacedObject, namesIn: typeof valueFiles): string[] {
  const { applications } = madeApplications(set);
  return [...new Set(applications.flatMap(({ object }) => namesIn(specOf(object))))];
}

function appliedBy(application: MadeApplication): AppliedFolder[] {
  const { object, placeOf, open, cluster, isPatchedUnseen } = application;
  const isElsewhere = ({ cluster: found }: AppliedFolder): boolean =>
    found !== undefined && isUnresolved(found);
  return appliedByApplication(object).map(applied => ({
    ...applied,
    ...(cluster !== undefined && isElsewhere(applied) && { cluster }),
    at: placeOf(applied.at),
    name: object.name,
    ...(open.length > 0 && { open }),
    isPatchedUnseen,
  }));
}

function releasesOf(set: PlacedObject, releases: typeof helmReleases): Release[] {
  return madeApplications(set).applications.flatMap(({ object, placeOf }) =>
    releases(object).map(({ local, ...release }) => ({
      ...release,
      ...(local && { local: { ...local, at: placeOf(local.at), name: object.name } }),
      placeOf: path => {
        const place = release.placeOf(path);
        return place.object === object ? { object: set, path: placeOf(place.path) } : place;
      },
    })),
  );
}

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

/** The finalizer with which an Application, or each one of a set, deletes all that it manages when it is deleted. */
export function cascadeOf(object: PlacedObject): string | undefined {
  const finalizer = cascadeFinalizer(object.json);
  if (object.knownKind !== applicationSet) return finalizer;
  // Its Applications go with it as far as they have the finalizer, but not if it has it itself and may delete none (argo-cd 3.5, docs/operator-manual/applicationset/Application-Deletion.md and docs/operator-manual/applicationset/Controlling-Resource-Modification.md).
  if (!isDeletingUnlisted(object) && finalizer !== undefined) return undefined;
  return cascadeFinalizer(withFinalizer(mapAt(specOf(object), 'template'), object));
}

/** Whether an Application that a set no longer makes is deleted (docs/facts/argocd.md#applicationsets). */
export function isDeletingUnlisted(set: PlacedObject): boolean {
  const policy = textAt(specOf(set), 'syncPolicy', 'applicationsSync') ?? 'sync';
  return policy === 'sync' || policy === 'create-delete';
}

/** A Deployment with other strategies, by Argo Rollouts. */
export const rollout: Kind = {
  group: ARGOCD,
  kind: 'Rollout',
  pods: { path: TEMPLATE_SPEC, isLasting: () => true, source: templateSource },
};
