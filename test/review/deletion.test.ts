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

function outcomeOf(base: string, head: string, name = ''): string {
  const comparison = compare({ name, base: side(base), head: side(head) }, () => undefined);
  const [removed] = comparison.changes.flatMap(change =>
    change.what === 'removed' && !change.base.kind.startsWith('App') ? [change.base] : [],
  );
  if (removed === undefined) throw new Error('nothing is removed');
  return deletionOf(comparison, removed).text;
}

function config(options?: string, annotation = 'argocd.argoproj.io/sync-options'): string {
  const annotations = options === undefined ? '' : `, annotations: { ${annotation}: "${options}" }`;
  return `---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: shop${annotations} }
`;
}

interface Settings {
  readonly name?: string;
  readonly path?: string;
  readonly policy?: string;
  readonly finalizer?: string;
  readonly namespace?: string;
}

const CASCADE = 'resources-finalizer.argocd.argoproj.io';

const app = ({
  name = 'shop',
  path = 'a',
  policy = '',
  finalizer = '',
  namespace = 'shop',
}: Settings): string => `---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd, finalizers: [${finalizer}] }
spec:
  source: { path: ${path} }
  destination: { namespace: ${namespace} }
  syncPolicy: { ${policy} }
`;

const PRUNED = 'deleted by Argo CD: Application "shop" prunes';
const UNSURE = 'deleted if its Application prunes, else left running';
const UNPRUNED = 'left running: it is guarded with Prune=false';
const UNDELETED = 'left running: it is guarded with Delete=false';
const ASKED = 'left running: Application "shop" prunes only when somebody asks for it';
const CONFIRMED = 'deleted once somebody confirms it (Prune=confirm)';
const TOGETHER = 'deleted together with its Application "shop"';

const prunes = app({ policy: 'automated: { prune: true }' });
const manual = app({});
const guarded = app({ policy: 'automated: { prune: true }, syncOptions: [Prune=false]' });
const asking = app({ policy: 'automated: { prune: true }, syncOptions: [Prune=confirm]' });
const second = app({ name: 'shop-2', policy: 'automated: { prune: true }' });
const cascading = app({ finalizer: CASCADE });

test.for<[what: string, object: string, application: string, text: string]>([
  ['nothing is known', config(), '', 'deleted if what applies it prunes, else left running'],
  ['it prunes', config(), prunes, PRUNED],
  ['it syncs by hand', config(), manual, ASKED],
  ['no automation', config(), app({ policy: 'automated: { prune: true, enabled: false }' }), ASKED],
  ['a guard', config('Delete=false, Prune=false'), prunes, UNPRUNED],
  ['a guard for all', config(), guarded, UNPRUNED],
  ['its own option', config('Prune=true'), guarded, PRUNED],
  ['a question', config('Prune=confirm'), prunes, CONFIRMED],
  ['a question to all', config(), asking, CONFIRMED],
  ['what Helm keeps is pruned', config('keep', 'helm.sh/resource-policy'), prunes, PRUNED],
  [
    'another namespace',
    config(),
    app({ namespace: 'other', policy: 'automated: { prune: true }' }),
    UNSURE,
  ],
  ['two that disagree', config(), prunes + app({ name: 'shop-2' }), UNSURE],
  ['two that agree', config(), prunes + second, PRUNED],
  [
    'by tracking id',
    config('shop-2:/ConfigMap:shop/settings', 'argocd.argoproj.io/tracking-id'),
    prunes + app({ name: 'shop-2' }),
    'left running: Application "shop-2" prunes only when somebody asks for it',
  ],
])('an object is removed: %s', ([, object, application, text]) => {
  expect(outcomeOf(object + application, application)).toBe(text);
});

test.for<[what: string, object: string, application: string, text: string]>([
  ['with the cascade finalizer', config(), app({ finalizer: `${CASCADE}/background` }), TOGETHER],
  [
    'without it',
    config(),
    prunes,
    'left running: Application "shop" is removed without the cascade finalizer',
  ],
  ['a guard', config('Delete=false'), cascading, UNDELETED],
  ['what Helm keeps', config('keep', 'helm.sh/resource-policy'), cascading, UNDELETED],
  ['a guard against pruning', config('Prune=false'), cascading, TOGETHER],
  [
    'either question makes it wait',
    config('Prune=confirm'),
    cascading,
    'deleted once somebody confirms it (the deletion of Application "shop" waits for it)',
  ],
])('an object is removed with its Application: %s', ([, object, application, text]) => {
  expect(outcomeOf(object + application, '')).toBe(text);
});

test.for<[what: string, path: string, text: string]>([
  ['its folder', 'overlays/prod', 'deleted by Argo CD: Application "prod" prunes'],
  ['a folder of another environment', 'overlays/preprod', UNSURE],
])('the Application of an environment is known by %s', ([, path, text]) => {
  const apps = app({
    name: 'prod',
    path,
    namespace: 'other',
    policy: 'automated: { prune: true }',
  });
  expect(outcomeOf(config() + apps, apps, 'prod')).toBe(text);
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
  expect(outcomeOf(config() + set, set, 'prod')).toBe(text);
});
