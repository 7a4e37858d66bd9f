import { firstOfEach, groupBy, mapAt, textAt, textsUnder } from '../../core/json.ts';
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
      ...objects.flatMap(object => [...ofObject(object, application, named)]),
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
  for (const source of sourcesOf(application)) {
    const url = textAt(source, 'repoURL') ?? '';
    if (url === '' || isUnresolved(url) || !projects.every(each => isSourceRefused(each, url)))
      continue;
    yield {
      object: by,
      path: [...specPath(by), 'source'],
      message: `the AppProject "${project}" does not permit a source of Application "${application.name}"`,
      hint: 'Add its URL to spec.sourceRepos of the project.',
    };
  }
}

function* ofObject(object: PlacedObject, application: PlacedObject, projects: Projects) {
  const { kind, knownKind, namespace, written } = object;
  const { destination, project } = specOf(application);
  // What stands in place of a chart is of an Application of its own.
  if (knownKind === undefined || written !== undefined) return;
  const by = `the AppProject "${project}" of Application "${application.name}"`;
  const fields = projects.map(each => refusingField(each, object));
  const [field] = fields;
  if (field !== undefined && !fields.includes(undefined))
    yield {
      object,
      path: ['kind'],
      message: `${by} does not permit ${kind}`,
      hint: `${field.endsWith('Whitelist') ? 'Add it to' : 'Take it out of'} spec.${field} of the project.`,
    };
  const isHere = namespace === '' || isUnresolved(namespace);
  if (!isHere && projects.every(each => isPlaceRefused(each, mapAt(destination), namespace)))
    yield {
      object,
      path: ['metadata', 'namespace'],
      message: `${by} does not permit namespace "${namespace}"`,
      hint: 'Add it to spec.destinations of the project.',
    };
}
