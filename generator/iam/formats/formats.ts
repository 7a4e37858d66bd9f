import type { FileFormat, Formats } from '../../report/format.ts';
import type { IamFormatName } from '../../spec/spec.ts';
import type { IamPlan } from '../plan.ts';
import { renderTerraform } from './terraform.ts';
import { renderIamJson, renderIamText } from './text.ts';
import { renderAck, renderCloudFormation, renderCrossplane, renderEksctl } from './yaml.ts';

/** `iam`: all but the first may be in `iam/` too. */
export const iamFormats: Formats<readonly IamPlan[]> &
  Readonly<Record<IamFormatName, FileFormat<readonly IamPlan[]>>> = {
  text: { render: renderIamText },
  json: { render: renderIamJson, file: 'policies.json' },
  terraform: { render: renderTerraform, file: 'iam.tf.json' },
  cloudformation: { render: renderCloudFormation, file: 'cloudformation.yaml' },
  eksctl: { render: renderEksctl, file: 'eksctl.yaml' },
  ack: { render: renderAck, file: 'ack.yaml' },
  crossplane: { render: renderCrossplane, file: 'crossplane.yaml' },
};
