import { TEMPLATE_SPEC } from './apps.ts';
import type { Kind } from './kind.ts';

const SERVING = 'serving.knative.dev';

/** Knative Serving: a RevisionSpec is a PodSpec, and a Route has a Service of its name (resources/service.go). */
export const knativeServing: readonly Kind[] = [
  {
    group: SERVING,
    kind: 'Service',
    displayName: 'Knative Service',
    pods: { path: TEMPLATE_SPEC },
    provides: { services: ({ name }) => [name] },
  },
  { group: SERVING, kind: 'Configuration', pods: { path: TEMPLATE_SPEC } },
  { group: SERVING, kind: 'Revision', pods: { path: ['spec'] } },
];
