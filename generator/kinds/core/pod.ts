import { withField } from '../../ground/changed-value.ts';
import type { Kind } from '../kind.ts';
import { podForm } from '../pod-form.ts';

export const corePod: Kind = {
  group: '',
  kind: 'Pod',
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  pods: { path: ['spec'] },
  form: object => withField(object, 'spec', podForm),
};
