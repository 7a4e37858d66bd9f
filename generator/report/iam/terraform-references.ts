import type { Json, JsonObject } from '../../ground/json.ts';
import { VARIABLES } from '../../operate/iam/settings.ts';
import { filled, replaced } from './fill.ts';

/** By their addresses: type, then name. */
export type Blocks = Readonly<Record<string, Record<string, Json>>>;

const REFERENCES: Readonly<Record<string, string>> = {
  [VARIABLES.account]: 'data.aws_caller_identity.current.account_id',
  [VARIABLES.partition]: 'data.aws_partition.current.partition',
  [VARIABLES.region]: 'var.region',
  [VARIABLES.cluster]: 'var.cluster_name',
  [VARIABLES.oidcProvider]: 'var.oidc_provider',
};

/** A reference to another block, which stays as it is when texts are filled in. */
export function reference(address: string): string {
  return `\u0000${address}\u0000`;
}

function filledBlocks(blocks: Blocks): JsonObject {
  const texts = replaced(blocks as unknown as Json, text =>
    /^\0(.*)\0$/.test(text)
      ? text.replace(/^\0(.*)\0$/, (_, address: string) => `$\{${address}}`)
      : filled(text, REFERENCES, literal),
  ) as JsonObject;
  return Object.fromEntries(
    Object.entries(texts).filter(([, ofType]) => Object.keys(ofType as JsonObject).length > 0),
  );
}

function literal(text: string): string {
  return text.replaceAll(/[$%]\{/g, sign => sign[0] + sign);
}

/** A whole configuration: what is referred to has to be declared. */
export function configuration(dataBlocks: Blocks, resources: Blocks): JsonObject {
  const [data, resource] = [filledBlocks(dataBlocks), filledBlocks(resources)];
  const text = JSON.stringify([data, resource]);
  const uses = (name: string): boolean => text.includes(`\${${name}`);
  const variable = Object.fromEntries(
    Object.entries(DESCRIPTIONS)
      .filter(([name]) => uses(`var.${name}}`))
      .map(([name, description]) => [name, { type: 'string', description }]),
  );
  return {
    ...(Object.keys(variable).length > 0 && { variable }),
    data: {
      ...(uses('data.aws_caller_identity') && { aws_caller_identity: { current: {} } }),
      ...(uses('data.aws_partition') && { aws_partition: { current: {} } }),
      ...data,
    },
    resource,
  };
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  cluster_name: 'The name of the EKS cluster.',
  oidc_provider: "The cluster's OIDC provider, without https://.",
  region: 'The region of stores that name none.',
};
