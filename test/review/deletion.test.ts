import { expect, test } from 'vitest';
import { deletionOf } from '../../generator/diff/appliers.ts';
import { compare } from '../../generator/diff/diff.ts';
import { placedObject } from '../../generator/kinds/kinds.ts';
import { nothingOutside, type ObjectSet } from '../../generator/world/object-set.ts';
import { objectsOf } from '../machine.ts';

function side(yaml: string): ObjectSet {
  const objects = objectsOf(yaml).map((object, index) => placedObject(object, 0, [index], ''));
  return { objects, context: [], outside: nothingOutside };
}

/** Of the object that the environment "prod" has no more. */
function outcomeOf(base: string, head: string): string {
  const comparison = compare({ name: 'prod', base: side(base), head: side(head) }, () => undefined);
  const [removed] = comparison.changes.flatMap(change =>
    change.what === 'removed' && !change.base.kind.startsWith('App') ? [change.base] : [],
  );
  if (removed === undefined) throw new Error('nothing is removed');
  return deletionOf(comparison, removed).text;
}

const config = `---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop }
`;
const UNSURE = 'deleted if its Application prunes, else left running';

test.for<[what: string, path: string, text: string]>([
  ['its folder', 'overlays/prod', 'deleted by Argo CD: Application "prod" prunes'],
  ['a folder of another environment', 'overlays/preprod', UNSURE],
])('the Application of an environment is known by %s', ([, path, text]) => {
  const app = `---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: prod, namespace: argocd }
spec: { source: { path: ${path} }, destination: { namespace: other }, syncPolicy: { automated: { prune: true } } }
`;
  expect(outcomeOf(config + app, app)).toBe(text);
});

test.for<[what: string, template: string, text: string]>([
  ['its path', '"overlays/{{ .env }}"', 'deleted by Argo CD: ApplicationSet "all" prunes'],
  ['another path', '"{{ .env }}/base"', UNSURE],
])('an ApplicationSet is known by %s', ([, path, text]) => {
  const set = `---
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all, namespace: argocd }
spec:
  template:
    spec: { source: { path: ${path} }, destination: { namespace: "{{ .env }}" }, syncPolicy: { automated: { prune: true } } }
`;
  expect(outcomeOf(config + set, set)).toBe(text);
});
