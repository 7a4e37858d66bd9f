import {
  firstOfEach,
  groupBy,
  type JsonObject,
  mapAt,
  textAt,
  textsUnder,
} from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { relatedName, type SecretGraph } from '../../graph/secret-graph.ts';
import {
  appProject,
  isJudged,
  isPlaceRefused,
  isSourceRefused,
  refusingField,
} from '../../kinds/argocd/project.ts';
import { applicationsAmong, sourcesOf, specPath } from '../../kinds/argocd/sync-order.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { syncId } from '../../world/object-set.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';

export const projectPermission: Rule = error('project-permission', graph =>
  firstOfEach(refusals(graph), ({ object, message }) => `${object.file} ${message}`),
);

function refusals(graph: SecretGraph): RuleFault[] {
  const projects = groupBy(graph.byKind(appProject), ({ name }) => name);
  if (projects.size === 0) return [];
  const applied = groupBy(graph.objects, ({ file }) => graph.syncs?.get(file));
  return applicationsAmong(graph.byKind).flatMap(({ by, object: application }) => {
    const name = textAt(specOf(application), 'project') ?? '';
    const named = projects.get(name);
    // Each installation of Argo CD has one of this name, and not all are in Git.
    if (name === 'default' || named === undefined || !named.every(isJudged)) return [];
    const objects = applied.get(syncId(by, application.name)) ?? [];
    return [
      ...ofApplication(by, application, named),
      ...ofObjects(objects, application, named),
    ].map(fault => ({ ...fault, related: [relatedName(named[0], 'the project')] }));
  });
}

/** Those of a name: it is a fault where all refuse. */
type Projects = readonly PlacedObject[];

function* ofApplication(by: PlacedObject, application: PlacedObject, projects: Projects) {
  const destination = mapAt(specOf(application), 'destination');
  const [namespace = ''] = textsUnder(destination, 'namespace');
  const project = textAt(specOf(application), 'project');
  if (namespace !== '' && projects.every(each => isPlaceRefused(each, destination, namespace)))
    yield {
      object: by,
      path: [...specPath(by), 'destination'],
      message: `the AppProject "${project}" does not permit namespace "${namespace}" of this cluster`,
      hint: 'Add it to spec.destinations of the project.',
    };
  for (const [index, source] of sourcesOf(application).entries()) {
    const url = textAt(source, 'repoURL') ?? '';
    if (url === '' || isUnresolved(url) || !projects.every(each => isSourceRefused(each, url)))
      continue;
    const place = index === 0 ? ['source'] : ['sources', index - 1];
    yield {
      object: by,
      path: [...specPath(by), ...place, 'repoURL'],
      message: `the AppProject "${project}" does not permit a source of Application "${application.name}"`,
      hint: 'Add its URL to spec.sourceRepos of the project.',
    };
  }
}

/** One fault for each field of the project, at the first object that it refuses. */
function ofObjects(
  objects: readonly PlacedObject[],
  application: PlacedObject,
  projects: Projects,
): RuleFault[] {
  const { destination, project } = specOf(application);
  // What stands in place of a chart is of an Application of its own.
  const found = objects
    .filter(({ knownKind, written }) => knownKind !== undefined && written === undefined)
    .flatMap(object => refusedIn(object, mapAt(destination), projects));
  return [...groupBy(found, ({ field }) => field)].map(([field, [first, ...others]]) => {
    const { object, path, what } = first;
    const more = new Set(others.map(other => other.what).filter(text => text !== what)).size;
    const doing = field.endsWith('Blacklist') ? 'Take it out of' : 'Add it to';
    return {
      object,
      path,
      message: `the AppProject "${project}" of Application "${application.name}" does not permit ${what}${more > 0 ? ` and ${more} more` : ''}`,
      hint: `${doing} spec.${field} of the project.`,
    };
  });
}

function refusedIn(object: PlacedObject, destination: JsonObject, projects: Projects) {
  const { kind, namespace } = object;
  const [field, ...fields] = projects.map(each => refusingField(each, object));
  const isKind = field !== undefined && !fields.includes(undefined);
  const isPlace =
    namespace !== '' &&
    !isUnresolved(namespace) &&
    projects.every(each => isPlaceRefused(each, destination, namespace));
  const place = ['metadata', 'namespace'];
  return [
    ...(isKind ? [{ object, field, path: ['kind'], what: kind }] : []),
    ...(isPlace
      ? [{ object, field: 'destinations', path: place, what: `namespace "${namespace}"` }]
      : []),
  ];
}
