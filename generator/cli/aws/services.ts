import type { AwsService } from '../../kinds/eso/aws-call.ts';

/** A service of AWS in a region. */
export interface AwsPlace {
  readonly service: AwsService;
  readonly region: string;
}

/** How a service of AWS is called by its JSON protocol (docs/facts/aws.md#calls). */
interface Protocol {
  /** In host names, and what a signature is for. */
  readonly id: string;
  /** In the name of the variable that gives another endpoint. */
  readonly variable: string;
  /** What stands before an operation. */
  readonly target: string;
}

export const PROTOCOLS: Readonly<Record<AwsService, Protocol>> = {
  ParameterStore: { id: 'ssm', variable: 'SSM', target: 'AmazonSSM' },
  SecretsManager: {
    id: 'secretsmanager',
    variable: 'SECRETS_MANAGER',
    target: 'secretsmanager',
  },
};
