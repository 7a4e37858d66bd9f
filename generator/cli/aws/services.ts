import type { Host } from '../../ground/host.ts';
import type { AwsService } from '../../kinds/eso/aws-provider.ts';
import { wrongUsage } from '../usage.ts';

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

/** Manifests may be a stranger's, and a region becomes the name of a host. */
const REGION = /^[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}$/;

/** The region of a store; one that says none, or is filled in later, is in the caller's own. */
export function regionOf(written: string, { env }: Pick<Host, 'env'>): string {
  const isKnown = REGION.test(written);
  const region = isKnown ? written : (env('AWS_REGION') ?? env('AWS_DEFAULT_REGION') ?? '');
  if (!isKnown && written !== '' && !written.includes('$'))
    wrongUsage(`${JSON.stringify(written)} is no region of AWS`);
  if (!REGION.test(region)) wrongUsage('which region? Set AWS_REGION');
  return region;
}

/** Where a service is called (docs/facts/aws.md#endpoints). */
export function endpointOf(
  service: AwsService,
  region: string,
  { env }: Pick<Host, 'env'>,
): string {
  const { id, variable } = PROTOCOLS[service];
  const given = env(`AWS_ENDPOINT_URL_${variable}`) ?? env('AWS_ENDPOINT_URL');
  const isIgnored = env('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS') === 'true';
  if (given !== undefined && given !== '' && !isIgnored) {
    if (!/^https?:\/\//.test(given) || !URL.canParse(given))
      wrongUsage('AWS_ENDPOINT_URL is no URL of http or https');
    return given;
  }
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${id}.${region}.${domain}/`;
}
