import type { KubeObject } from '../../ground/kube-object.ts';

/** An object as it was, and as it is with all that is injected: the same one where nothing is. */
export interface InjectedObject {
  readonly before: KubeObject;
  readonly after: KubeObject;
}
