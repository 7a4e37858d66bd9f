/** How many calls a second AWS serves to an account in a region, for actions that share it. */
export interface CallLimit {
  readonly name: string;
  readonly actions: readonly string[];
  readonly perSecond: number;
}

/** What an account has paid for of Parameter Store (docs/facts/aws.md#limits-of-calls). */
export type Throughput = 'default' | 'higher';

/** The month that the limits are of. */
export const LIMITS_OF = '2026-11';

const SECRETS_MANAGER: readonly CallLimit[] = [
  {
    name: 'reads of Secrets Manager',
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    perSecond: 10_000,
  },
  {
    name: 'resource policies of Secrets Manager',
    actions: [
      'secretsmanager:DeleteResourcePolicy',
      'secretsmanager:GetResourcePolicy',
      'secretsmanager:PutResourcePolicy',
    ],
    perSecond: 50,
  },
];

const LIMITS: Readonly<Record<Throughput, readonly CallLimit[]>> = {
  default: [
    {
      name: 'reads of Parameter Store',
      actions: ['ssm:GetParameter', 'ssm:GetParametersByPath'],
      perSecond: 40,
    },
    ...SECRETS_MANAGER,
  ],
  higher: [
    { name: 'reads of parameters', actions: ['ssm:GetParameter'], perSecond: 10_000 },
    { name: 'searches of parameters', actions: ['ssm:GetParametersByPath'], perSecond: 100 },
    ...SECRETS_MANAGER,
  ],
};

/** The limits of AWS on what ESO calls (docs/facts/aws.md#limits-of-calls). */
export function callLimits(throughput: Throughput): readonly CallLimit[] {
  return LIMITS[throughput];
}
