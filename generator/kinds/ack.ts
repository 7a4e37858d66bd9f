import { isMap, type JsonObject, mapAt, parsedJson } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { matchesGlob } from '../core/names.ts';
import type { Kind } from './kind.ts';

/** AWS Controllers for Kubernetes: IAM, and EKS below. */
export const iamRole: Kind = { group: 'iam.services.k8s.aws', kind: 'Role' };
export const iamPolicy: Kind = { group: 'iam.services.k8s.aws', kind: 'Policy' };
export const podIdentity: Kind = { group: 'eks.services.k8s.aws', kind: 'PodIdentityAssociation' };

/** A statement of an IAM policy (docs.aws.amazon.com, IAM JSON policy elements). */
export interface Statement {
  readonly isDeny: boolean;
  readonly actions: readonly string[];
  /** Undefined: any, or not known. */
  readonly resources: readonly string[] | undefined;
  readonly hasCondition: boolean;
  /** Who may assume the role, in a trust policy: `Service`, `Federated` … and their values. */
  readonly principals: readonly string[];
  readonly condition: JsonObject;
}

/** The statements of a policy document; undefined: it is no JSON, or has templates. */
export function parsePolicy(text: string): readonly Statement[] | undefined {
  if (/\{\{|\$\{(?!aws:|saml:|\*|\?|\$)/.test(text)) return undefined;
  const document = parsedJson(text);
  const list = isMap(document) ? document['Statement'] : undefined;
  const statements = (Array.isArray(list) ? list : [list]).filter(isMap);
  return statements.length === 0 ? undefined : statements.map(statementOf);
}

function statementOf(statement: JsonObject): Statement {
  const resources = textsOf(statement['Resource']);
  const isAny = statement['NotResource'] !== undefined || resources.some(isUnresolved);
  const condition = mapAt(statement, 'Condition');
  return {
    isDeny: statement['Effect'] === 'Deny',
    actions: statement['NotAction'] === undefined ? textsOf(statement['Action']) : ['*'],
    resources: isAny || resources.length === 0 ? undefined : resources,
    hasCondition:
      Object.keys(condition).length > 0 || statement['NotAction'] !== undefined || isAny,
    principals: [statement['Principal']].flatMap(value =>
      isMap(value) ? Object.values(value).flatMap(textsOf) : textsOf(value),
    ),
    condition,
  };
}

function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter(text => typeof text === 'string');
}

/** Whether a statement is about an action; case does not matter, `*` stands for any characters. */
export function isAbout({ actions }: Statement, action: string): boolean {
  return actions.some(pattern => matchesGlob(pattern.toLowerCase(), action.toLowerCase()));
}

export interface Resource {
  readonly service: string;
  readonly region?: string;
  readonly account?: string;
  /** `parameter/shop/db`. */
  readonly name: string;
}

/** Whether the statements allow an action on a resource, or on any. In doubt they do. */
export function isAllowed(
  statements: readonly Statement[],
  action: string,
  resource?: Resource,
): boolean {
  const isMatched = (deny: boolean): boolean =>
    statements.some(statement => {
      const { isDeny, hasCondition, resources } = statement;
      const isOnAction = isDeny === deny && isAbout(statement, action);
      return isOnAction && (!deny || !hasCondition) && covers(resources, resource, !deny);
    });
  return !isMatched(true) && isMatched(false);
}

function covers(patterns: Statement['resources'], resource: Resource | undefined, isAny: boolean) {
  if (patterns === undefined) return true;
  if (resource === undefined) return isAny || patterns.includes('*');
  return patterns.some(pattern => matchesGlob(pattern, arnLike(pattern, resource)));
}

function arnLike(pattern: string, { service, region, account, name }: Resource): string {
  const [, partition = '', , inRegion = '', ofAccount = ''] = pattern.split(':');
  const or = (text: string, fallback: string): string => (/^[\w-]+$/.test(text) ? text : fallback);
  const where = region ?? or(inRegion, 'us-east-1');
  const whose = account ?? or(ofAccount, '123456789012');
  return `arn:${or(partition, 'aws')}:${service}:${where}:${whose}:${name}`;
}

/** The account in an ARN; undefined: the text is a name, or has no account. */
export function accountOf(arn: string): string | undefined {
  return /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
}
