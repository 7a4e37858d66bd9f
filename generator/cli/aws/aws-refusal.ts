import { HostError } from '../../ground/host-error.ts';
import type { AwsPlace } from './services.ts';

/** What AWS, or the way to it, refused. */
interface Refused extends AwsPlace {
  readonly operation: string;
  /** Of HTTP; 0: there is no answer. */
  readonly status: number;
  /** `AccessDeniedException`, or what happened to the connection. */
  readonly type: string;
  /** AWS's own words, or the host that does not answer. */
  readonly said: string;
  /** AWS has answered before. */
  readonly isLate?: boolean;
}

/** An error of AWS, told in words. Its own words are kept out where they may quote a value. */
export class AwsRefusal extends HostError {
  readonly operation: string;
  readonly status: number;
  readonly type: string;
  readonly isLate: boolean;

  constructor(refused: Refused) {
    super(wordsFor(refused));
    this.isLate = refused.isLate === true;
    this.operation = refused.operation;
    this.status = refused.status;
    this.type = refused.type;
  }

  /** Whether a permission is missing. */
  get isDenied(): boolean {
    return this.type === 'AccessDeniedException' || this.type === 'AccessDenied';
  }

  /** Whether it was asked too often, and might answer later. */
  get isThrottled(): boolean {
    return THROTTLING.test(this.type);
  }

  /** Whether it keeps us from all else, and might not another time: a login that ran out meanwhile, too. */
  get isBreak(): boolean {
    const isGone = this.status === 0 || this.status >= 500 || BAD_CREDENTIALS.test(this.type);
    return this.isThrottled || (this.isLate && isGone);
  }
}

/** What AWS says when it is asked too often. */
const THROTTLING =
  /^(?:Throttling|ThrottlingException|TooManyRequestsException|RequestLimitExceeded|TooManyUpdates)$/;

/** What calls are for, and what they have to be allowed on. */
const PURPOSES: Readonly<Record<string, readonly [action: string, on: string, purpose: string]>> = {
  DescribeParameters: ['ssm:DescribeParameters', '*', 'tells which parameters there are'],
  GetParameters: ['ssm:GetParameters', 'the parameters', 'reads them for --read'],
  PutParameter: ['ssm:PutParameter', 'the parameter', 'writes it'],
  DeleteParameter: ['ssm:DeleteParameter', 'the parameter', 'deletes it'],
  DescribeSecret: ['secretsmanager:DescribeSecret', 'the secret', 'tells whether it is there'],
  ListSecrets: ['secretsmanager:ListSecrets', '*', 'tells which secrets there are'],
  GetSecretValue: ['secretsmanager:GetSecretValue', 'the secret', 'reads it for --read'],
  PutSecretValue: ['secretsmanager:PutSecretValue', 'the secret', 'writes it'],
  CreateSecret: ['secretsmanager:CreateSecret', 'the secret', 'writes it'],
};

/** Why a value is not written, in place of AWS's words. */
const REASONS: Readonly<Record<string, string>> = {
  HierarchyTypeMismatchException: 'AWS changes no type of a parameter',
  InvalidKeyId: 'the key is not there, or these credentials may not use it',
  ParameterAlreadyExists: 'somebody else has made it meanwhile',
  ParameterLimitExceeded: 'the account has as many parameters as AWS allows',
  ParameterMaxVersionLimitExceeded: 'its oldest version has a label, which has to be moved first',
  ParameterPatternMismatchException: 'the value does not match the pattern of the parameter',
  ResourceExistsException: 'somebody else has made it meanwhile',
};

const BAD_CREDENTIALS =
  /^(?:UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|IncompleteSignature|IncompleteSignatureException|ExpiredTokenException|ExpiredToken|MissingAuthenticationToken|MissingAuthenticationTokenException|SignatureDoesNotMatch)$/;

function wordsFor({ operation, region, status, type, said }: Refused): string {
  const [action = operation, on = '*', purpose = ''] = PURPOSES[operation] ?? [];
  if (status === 0) return `AWS cannot be reached: ${said}: ${type}`;
  if (BAD_CREDENTIALS.test(type))
    return `AWS does not take the credentials (${type}): log in again, as with aws sso login`;
  if (type === 'AccessDeniedException' || type === 'AccessDenied') {
    const isOfKey = /kms|ciphertext/i.test(said);
    const missing = isOfKey ? 'kms:Decrypt on the key that encrypts it' : `${action} on ${on}`;
    return `AWS does not let ${whoIn(said)} call ${action} in ${region}, which ${purpose}: the permission ${missing} is missing`;
  }
  // What writes a value may quote it in its complaint.
  const isWriting = /^(?:Put|Create)/.test(operation);
  const own = Object.hasOwn(REASONS, type) ? REASONS[type] : isWriting ? '' : said;
  const words = own === '' ? '' : `: ${own}`;
  return `AWS refuses ${action} in ${region}: ${type}${words}`;
}

/** Of `User: ARN is not authorized to perform: …`. */
function whoIn(said: string): string {
  return /User: (arn:[^\s]{1,300}) is not/.exec(said)?.[1] ?? 'these credentials';
}

/** An answer, or why AWS gives none any more: what was learned before is not lost for it. */
export async function unlessBroken<T>(answer: Promise<T>): Promise<T | AwsRefusal> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AwsRefusal && error.isBreak) return error;
    throw error;
  }
}
