import type { IamFormatName } from '../../make/spec/spec.ts';
import type { IamPlan } from '../../operate/iam/plan.ts';
import type { FileFormat, Formats } from '../format.ts';
import { renderAck } from './ack.ts';
import { renderCloudFormation } from './cloudformation.ts';
import { renderCrossplane } from './crossplane.ts';
import { renderEksctl } from './eksctl.ts';
import { renderIamJson } from './json.ts';
import { renderTerraform } from './terraform.ts';
import { renderIamText } from './text.ts';

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
