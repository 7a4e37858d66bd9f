import { knownNames, nearest } from './names.ts';

/** A part of AWS with names and hosts of its own; each region is in one (docs/facts/aws.md#regions). */
interface AwsPartition {
  /** As ARNs have it: `aws-cn`. */
  readonly partition: string;
  readonly domain: string;
  readonly begin: RegExp;
  readonly regions: readonly string[];
}

function partition(name: string, domain: string, begin: RegExp, ...regions: readonly string[]) {
  return { partition: name, domain, begin, regions: regions.flatMap(area => area.split(' ')) };
}

const COMMERCIAL: AwsPartition = partition(
  'aws',
  'amazonaws.com',
  /^(us|eu|ap|sa|ca|me|af|il|mx)$/,
  'af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2',
  'ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6',
  'ap-southeast-7 ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2',
  'eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1',
  'us-east-1 us-east-2 us-west-1 us-west-2',
);

const PARTITIONS: readonly AwsPartition[] = [
  COMMERCIAL,
  partition('aws-cn', 'amazonaws.com.cn', /^cn$/, 'cn-north-1 cn-northwest-1'),
  partition('aws-us-gov', 'amazonaws.com', /^us-gov$/, 'us-gov-east-1 us-gov-west-1'),
  partition('aws-eusc', 'amazonaws.eu', /^eusc-de$/, 'eusc-de-east-1'),
  partition('aws-iso', 'c2s.ic.gov', /^us-iso$/, 'us-iso-east-1 us-iso-west-1'),
  partition('aws-iso-b', 'sc2s.sgov.gov', /^us-isob$/, 'us-isob-east-1 us-isob-west-1'),
  partition('aws-iso-e', 'cloud.adc-e.uk', /^eu-isoe$/, 'eu-isoe-west-1'),
  partition('aws-iso-f', 'csp.hci.ic.gov', /^us-isof$/, 'us-isof-east-1 us-isof-south-1'),
];

/** What all names of regions end with: a direction and a number. */
const DIRECTION = /^(.+)-(?:central|(?:north|south)(?:east|west)?|east|west)-\d{1,2}$/;

/** Whether AWS may have a region of this name: a listed one, or a later one of a partition, such as `eu-west-4`. */
export function isAwsRegion(region: string): boolean {
  return partitionIn(region) !== undefined;
}

/** The partition of a region: that of most accounts where the name says nothing. */
export function awsPartition(region: string): Pick<AwsPartition, 'partition' | 'domain'> {
  return partitionIn(region) ?? COMMERCIAL;
}

function partitionIn(region: string): AwsPartition | undefined {
  const area = DIRECTION.exec(region)?.[1] ?? '';
  return PARTITIONS.find(({ begin }) => begin.test(area));
}

const REGIONS: readonly string[] = PARTITIONS.flatMap(({ regions }) => regions);

/** For a text that is no region: `There are 46 regions of AWS. Did you mean "eu-west-1"?` */
export function awsRegionHint(region: string): string {
  return knownNames('regions of AWS', region, REGIONS);
}

/** The region that a misspelt one most likely means, if any. */
export function nearestAwsRegion(region: string): string | undefined {
  return nearest(region, REGIONS);
}
