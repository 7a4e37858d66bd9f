import type { IamFormatName } from '../../make/spec/spec.ts';
import type { IamPlan } from '../../operate/iam/plan.ts';
import { renderAck } from './ack.ts';
import { renderCloudFormation } from './cloudformation.ts';
import { renderCrossplane } from './crossplane.ts';
import { renderEksctl } from './eksctl.ts';
import { renderIamJson } from './json.ts';
import { renderTerraform } from './terraform.ts';

/** How IAM is written for a tool that makes it, and in which file. */
export interface IamFormat {
  readonly file: string;
  readonly render: (plans: readonly IamPlan[]) => string;
}

export const iamFormats: Readonly<Record<IamFormatName, IamFormat>> = {
  ack: { file: 'ack.yaml', render: renderAck },
  cloudformation: { file: 'cloudformation.yaml', render: renderCloudFormation },
  crossplane: { file: 'crossplane.yaml', render: renderCrossplane },
  eksctl: { file: 'eksctl.yaml', render: renderEksctl },
  json: { file: 'policies.json', render: renderIamJson },
  terraform: { file: 'iam.tf.json', render: renderTerraform },
};
