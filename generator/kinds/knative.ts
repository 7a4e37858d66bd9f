import { TEMPLATE_SPEC } from './apps.ts';
import type { Kind } from './kind.ts';

const SERVING = 'serving.knative.dev';

/**
 * Facts of Knative Serving (pkg/apis/serving/v1: a RevisionSpec is a PodSpec; pkg/reconciler/route/resources/service.go:
 * a Route, and so a Service, has a Service of the core of its name). A container need not be named.
 */
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
