import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePolicy, type Resource, type Statement } from '../../generator/kinds/ack.ts';
import { root, runMain } from '../machine.ts';

/** A folder a case: manifests, and requests that AWS has to allow or to deny. */
export const iamCases: string = join(root, 'test/operate/iam');
export const caseNames: readonly string[] = readdirSync(iamCases);

/** With nothing left open. */
export const FILLED: readonly string[] = [
  ...['--account', '123456789012'],
  ...['--cluster', 'shop'],
  ...['--oidc-provider', 'oidc.example/id/A'],
];

/** A key of KMS. */
export const KEY_1111: Resource = resourceOf('arn:aws:kms:eu-west-1:123456789012:key/1111');

export function resourceOf(arn: string): Resource {
  const [, , service = '', region = '', account = '', ...name] = arn.split(':');
  return { service, region, account, name: name.join(':') };
}

/** A role as `iam --format json` prints it. */
export interface PrintedRole {
  readonly name: string;
  readonly trustPolicy?: unknown;
  readonly policies: readonly {
    readonly name: string;
    readonly characters: number;
    readonly document: unknown;
  }[];
  readonly notes: readonly string[];
}

export function manifestsOf(name: string): string {
  return readFileSync(join(iamCases, name, 'in.yaml'), 'utf8');
}

/** What `iam` prints of a case, with the flags that the first line of its manifests gives. */
export async function printed(
  name: string,
  format: string,
  ...flags: readonly string[]
): Promise<string> {
  const manifests = manifestsOf(name);
  const own = /^# flags: (.*)/.exec(manifests)?.[1]?.split(' ') ?? [];
  return printedOf(manifests, format, ...own, ...flags);
}

/** What `iam` prints of manifests. */
export async function printedOf(
  manifests: string,
  format: string,
  ...flags: readonly string[]
): Promise<string> {
  const args = ['--format', format, 'iam', '-', ...flags];
  const { status, stdout, stderr } = await runMain(root, args, manifests);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** The roles in what `iam --format json` printed. */
export function rolesIn(json: string): PrintedRole[] {
  const { plans } = JSON.parse(json) as { plans: { roles: PrintedRole[] }[] };
  return plans.flatMap(({ roles }) => roles);
}

/** The statements of all policies of a role. */
export function statementsOf({ policies }: PrintedRole): Statement[] {
  return policies.flatMap(({ document }) => parsePolicy(JSON.stringify(document)) ?? []);
}
