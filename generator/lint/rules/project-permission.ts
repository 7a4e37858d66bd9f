import { groupBy, type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { relatedName } from '../../graph/secret-graph.ts';
import {
  appProject,
  isJudged,
  isPlaceRefused,
  isSourceRefused,
  refusingField,
} from '../../kinds/argocd/project.ts';
import { applicationsAmong, sourcesOf, specPath } from '../../kinds/argocd/sync-order.ts';
import { type ObjectField, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { syncId } from '../../world/object-set.ts';
import { error, type Rule } from '../rule.ts';

export const projectPermission: Rule = error('project-permission', graph => {
  const projects = groupBy(graph.byKind(appProject), ({ name }) => name);
  if (projects.size === 0) return [];
  const applied = groupBy(graph.objects, ({ file }) => graph.syncs?.get(file));
  return applicationsAmong(graph.byKind).flatMap(({ by, object: application }) => {
    const name = textAt(specOf(application), 'project') ?? '';
    const named = projects.get(name);
    // Each installation of Argo CD has one of this name, and not all are in Git.
    if (name === 'default' || named === undefined || !named.every(isJudged)) return [];
    const destination = mapAt(specOf(application), 'destination');
    const objects = applied.get(syncId(by, application.name)) ?? [];
    const found = [
      ...ofApplication(by, application, named),
      ...objects.flatMap(object => ofObject(object, destination, named)),
    ];
    // One fault for each field of the project, at the first place that it refuses.
    return [...groupBy(found, ({ field }) => field)].map(([field, [first, ...others]]) => {
      const { object, path, what } = first;
      const more = new Set(others.map(other => other.what).filter(text => text !== what)).size;
      const refused = `${what}${more > 0 ? ` and ${more} more` : ''}`;
      const doing = field.endsWith('Blacklist') ? 'Take it out of' : 'Add it to';
      return {
        object,
        path,
        message: `the AppProject "${name}" of Application "${application.name}" does not permit ${refused}`,
        hint: `${doing} spec.${field} of the project.`,
        related: [relatedName(named[0], 'the project')],
      };
    });
  });
});

/** Projects of one name: it is a fault where all refuse. */
type Projects = readonly PlacedObject[];

interface Refused extends ObjectField {
  /** The field of the project that does not permit it. */
  readonly field: string;
  readonly what: string;
}

function ofApplication(by: PlacedObject, application: PlacedObject, projects: Projects): Refused[] {
  const destination = mapAt(specOf(application), 'destination');
  const namespace = textAt(destination, 'namespace') ?? '';
  const sources = sourcesOf(application).flatMap((source, index): Refused[] => {
    const url = textAt(source, 'repoURL') ?? '';
    if (url === '' || isUnresolved(url) || !projects.every(each => isSourceRefused(each, url)))
      return [];
    const place = index === 0 ? ['source'] : ['sources', index - 1];
    const path = [...specPath(by), ...place, 'repoURL'];
    return [{ object: by, path, field: 'sourceRepos', what: 'this source' }];
  });
  const place = { object: by, path: [...specPath(by), 'destination'] };
  return [...placeRefused(place, destination, namespace, projects), ...sources];
}

function ofObject(object: PlacedObject, destination: JsonObject, projects: Projects): Refused[] {
  // What stands in place of a chart is of an Application of its own.
  if (object.knownKind === undefined || object.written !== undefined) return [];
  const [field, ...fields] = projects.map(each => refusingField(each, object));
  const isRefused = field !== undefined && !fields.includes(undefined);
  const place = { object, path: ['metadata', 'namespace'] };
  return [
    ...(isRefused ? [{ object, field, path: ['kind'], what: object.kind }] : []),
    ...placeRefused(place, destination, object.namespace, projects),
  ];
}

function placeRefused(
  place: ObjectField,
  destination: JsonObject,
  namespace: string,
  projects: Projects,
): Refused[] {
  if (namespace === '' || isUnresolved(namespace)) return [];
  const isRefused = projects.every(each => isPlaceRefused(each, destination, namespace));
  return isRefused ? [{ ...place, field: 'destinations', what: `namespace "${namespace}"` }] : [];
}
