import type { Path, Report } from '../../ground/finding.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { WorkloadModel } from '../model/model.ts';
import type { WorkloadSpec } from '../spec/workload-spec.ts';

type Field = keyof WorkloadSpec;

/** What a kind of workload makes of the short form. */
export interface WorkloadForm {
  /** The field without which it is nothing, and an example. */
  readonly needs: readonly [field: Field, example: string];
  /** Fields that it has no use for. */
  readonly unused: readonly Field[];
  readonly check?: (spec: WorkloadSpec, path: Path, report: Report) => void;
  /** The object that runs the pods. */
  readonly object: (workload: WorkloadModel, namespace: string) => KubeObject;
  /** The Service and the ServiceAccount come from its operator. */
  readonly isWhole?: true;
  /** A field that the spec has in the object's own terms, and where. */
  readonly ownTerms?: readonly [inObject: Path, inSpec: Path];
}

/** Of those that run a container of the spec's. */
export const IMAGE: WorkloadForm['needs'] = ['image', 'image: nginx:1.29'];
