import { type JsonObject, listAt, textAt } from '../../../generator/core/json.ts';

/** A parameter or a secret. */
export interface Stored {
  type: string;
  /** None: a secret without a version. */
  value: string | null;
  keyId: string;
  tier: string;
  version: number;
  expires?: string;
  /** Of a parameter's versions; of a secret's, beside AWSCURRENT. */
  labels?: readonly string[];
  /** In seconds; a secret that is to be deleted. */
  deleted?: number;
}

/** What there is, and what is not let in. */
export interface State {
  readonly parameters: Map<string, Stored>;
  readonly secrets: Map<string, Stored>;
  /** Actions, or actions with a name: `ssm:GetParameters /a`. */
  readonly denied: readonly string[];
  /** Pages without a parameter that come before those that have some. */
  readonly emptyPages: number;
  /** Whose parameters and secrets these are. */
  readonly account: string;
  /** What its tokens of pages begin with: another's it does not know. */
  readonly token: string;
  /** Refuses every value, and quotes it. */
  readonly quoting: boolean;
}

export type Answer =
  | { readonly output: JsonObject }
  | { readonly error: string; readonly message: string };

/** What a service answers. */
export function answerOf(operation: string, input: JsonObject, state: State): Answer {
  const service = Object.hasOwn(SECRETS, operation) ? 'secretsmanager' : 'ssm';
  const names = [input['Name'] ?? input['SecretId'] ?? '', ...listAt(input, 'Names')].map(String);
  const action = `${service}:${operation}`;
  if ([action, ...names.map(name => `${action} ${name}`)].some(one => state.denied.includes(one)))
    return {
      error: 'AccessDeniedException',
      message: `User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ${action} because no identity-based policy allows it`,
    };
  const answer = { ...PARAMETERS, ...SECRETS }[operation];
  return answer?.(input, state) ?? { error: 'UnknownOperationException', message: operation };
}

type Operation = (input: JsonObject, state: State) => Answer;

const PARAMETERS: Readonly<Record<string, Operation>> = {
  DescribeParameters: (input, state) => {
    const [filter, ...others] = listAt(input, 'ParameterFilters');
    const values = listAt(filter, 'Values').map(String);
    const size = Number(input['MaxResults'] ?? 10);
    if (others.length > 0 || size < 1 || size > 50) return invalid('MaxResults');
    if (values.length < 1 || values.length > 50) return invalid('Values');
    const option = textAt(filter, 'Option') ?? 'Equals';
    const matches = matcher(`${textAt(filter, 'Key')} ${option}`, values);
    if (matches === undefined) return { error: 'InvalidFilterValue', message: 'filter' };
    const all = [...state.parameters].filter(([name]) => matches(name));
    const token = textAt(input, 'NextToken');
    if (token?.startsWith(state.token) === false)
      return { error: 'InvalidNextToken', message: "The specified token isn't valid." };
    const at = Number(token?.slice(state.token.length) ?? -state.emptyPages * size);
    const page = at < 0 ? [] : all.slice(at, at + size);
    const next = at + size;
    const isLast = next >= all.length && next > 0;
    const output = { Parameters: page.map(one => described(one, state)) };
    return { output: isLast ? output : { ...output, NextToken: `${state.token}${next}` } };
  },
  GetParameter: (input, { parameters }) => {
    const name = textAt(input, 'Name') ?? '';
    const stored = parameters.get(name);
    if (stored === undefined) return { error: 'ParameterNotFound', message: '' };
    const { type, version, value } = stored;
    const isShown = type !== 'SecureString' || input['WithDecryption'] === true;
    return {
      output: {
        Parameter: {
          Name: name,
          Type: type,
          Version: version,
          Value: isShown ? (value ?? '') : 'AQICAHh',
        },
      },
    };
  },
  GetParameters: (input, { parameters }) => {
    const names = listAt(input, 'Names').map(String);
    if (names.length < 1 || names.length > 10 || new Set(names).size < names.length)
      return invalid('Names');
    const found = names.flatMap(selected => {
      const [name = '', selector] = selected.split(':');
      const stored = parameters.get(name);
      const isThere = selector === undefined || stored?.labels?.includes(selector) === true;
      return stored === undefined || !isThere
        ? []
        : [{ selected, Name: name, Value: stored.value ?? '' }];
    });
    const absent = names.filter(name => found.every(({ selected }) => selected !== name));
    return { output: { Parameters: found, InvalidParameters: absent } };
  },
  PutParameter: (input, { parameters, quoting }) => {
    const name = textAt(input, 'Name') ?? '';
    const before = parameters.get(name);
    const value = textAt(input, 'Value') ?? '';
    const type = textAt(input, 'Type') ?? before?.type ?? '';
    const tier = textAt(input, 'Tier') ?? before?.tier ?? 'Standard';
    const refusal = refusedPut(input, { type, value, tier }, before);
    if (refusal !== undefined) return refusal;
    if (quoting) return invalid(`Value '${value}' at 'value'`);
    const keyId = textAt(input, 'KeyId') ?? 'alias/aws/ssm';
    const version = (before?.version ?? 0) + 1;
    parameters.set(name, { type, value, keyId, tier, version });
    return { output: { Version: version, Tier: tier } };
  },
  DeleteParameter: (input, { parameters }) =>
    parameters.delete(textAt(input, 'Name') ?? '')
      ? { output: {} }
      : { error: 'ParameterNotFound', message: '' },
};

/** What AWS refuses to write. Like AWS it quotes the value. */
function refusedPut(
  input: JsonObject,
  { type, value, tier }: { type: string; value: string; tier: string },
  before: Stored | undefined,
): Answer | undefined {
  const isNew = before === undefined;
  const isTooLong = Buffer.byteLength(value) > (tier === 'Standard' ? 4096 : 8192);
  const faults: readonly (readonly [isFault: boolean, error: string])[] = [
    [!isParameterName(textAt(input, 'Name') ?? ''), 'ValidationException'],
    [type === '' || value === '' || value.includes('{{'), 'ValidationException'],
    [input['Overwrite'] === true && input['Tags'] !== undefined, 'ValidationException'],
    [isTooLong || (before?.tier === 'Advanced' && tier === 'Standard'), 'ValidationException'],
    [!isNew && input['Overwrite'] !== true, 'ParameterAlreadyExists'],
    [!isNew && before.type !== type, 'HierarchyTypeMismatchException'],
  ];
  const error = faults.find(([isFault]) => isFault)?.[1];
  return error === undefined ? undefined : { error, message: `error at 'value': '${value}'` };
}

const SECRETS: Readonly<Record<string, Operation>> = {
  DescribeSecret: (input, { secrets, account }) => {
    const name = textAt(input, 'SecretId') ?? '';
    const stored = secrets.get(name);
    if (stored === undefined) return absentSecret;
    const { value, deleted, keyId, version, labels = [] } = stored;
    const stages = value === null ? {} : { [`id-${version}`]: ['AWSCURRENT', ...labels] };
    const isOwn = keyId === 'alias/aws/ssm';
    return {
      output: {
        ARN: `arn:aws:secretsmanager:eu-west-1:${account}:secret:${name}-aB3dE6`,
        Name: name,
        ...(!isOwn && { KmsKeyId: keyId }),
        ...(deleted !== undefined && { DeletedDate: deleted }),
        LastChangedDate: 1_750_000_000,
        VersionIdsToStages: stages,
      },
    };
  },
  ListSecrets: (input, { secrets, account }) => {
    const size = Number(input['MaxResults'] ?? 100);
    if (size < 1 || size > 100) return invalid('MaxResults');
    const at = Number(textAt(input, 'NextToken') ?? 0);
    const all = [...secrets].filter(([, { deleted }]) => deleted === undefined);
    const page = all.slice(at, at + size).map(([name, { value, version }]) => ({
      ARN: `arn:aws:secretsmanager:eu-west-1:${account}:secret:${name}-aB3dE6`,
      Name: name,
      SecretVersionsToStages: value === null ? {} : { [`id-${version}`]: ['AWSCURRENT'] },
    }));
    const isLast = at + size >= all.length;
    return { output: { SecretList: page, ...(!isLast && { NextToken: String(at + size) }) } };
  },
  GetSecretValue: (input, { secrets }) => {
    const stored = secrets.get(textAt(input, 'SecretId') ?? '');
    if (stored === undefined || stored.value === null) return absentSecret;
    if (stored.deleted !== undefined)
      return { error: 'InvalidRequestException', message: 'it is marked for deletion' };
    return { output: { SecretString: stored.value } };
  },
  PutSecretValue: (input, { secrets }) => {
    const name = textAt(input, 'SecretId') ?? '';
    const before = secrets.get(name);
    const value = textAt(input, 'SecretString') ?? '';
    if (before === undefined) return absentSecret;
    if (value.length > 65_536) return invalid(value);
    secrets.set(name, { ...before, value, version: before.version + 1 });
    return { output: { Name: name } };
  },
  CreateSecret: (input, { secrets }) => {
    const name = textAt(input, 'Name') ?? '';
    if (secrets.has(name)) return { error: 'ResourceExistsException', message: '' };
    const keyId = textAt(input, 'KmsKeyId') ?? 'alias/aws/secretsmanager';
    const value = textAt(input, 'SecretString') ?? null;
    secrets.set(name, { type: 'secret', value, keyId, tier: '', version: 1 });
    return { output: { Name: name } };
  },
};

const absentSecret: Answer = { error: 'ResourceNotFoundException', message: 'there is none' };

function invalid(what: string): Answer {
  return { error: 'ValidationException', message: `1 validation error detected: ${what}` };
}

function matcher(form: string, values: readonly string[]): ((name: string) => boolean) | undefined {
  if (form === 'Name Equals' && values.every(isParameterName)) return name => values.includes(name);
  const [value = ''] = values;
  if (form === 'Name BeginsWith') return name => name.startsWith(value);
  const isPath = value.startsWith('/') && !value.endsWith('/') && isParameterName(value);
  return form === 'Path Recursive' && isPath ? name => name.startsWith(`${value}/`) : undefined;
}

function isParameterName(name: string): boolean {
  return /^[\w./-]{1,1011}$/.test(name) && (name.startsWith('/') || !name.includes('/'));
}

function described(
  [name, stored]: readonly [string, Stored],
  { account }: Pick<State, 'account'>,
): JsonObject {
  const { type, keyId, tier, version, expires } = stored;
  const text = JSON.stringify({ Type: 'Expiration', Attributes: { Timestamp: expires } });
  const policies = [{ PolicyText: text, PolicyType: 'Expiration', PolicyStatus: 'Pending' }];
  return {
    ARN: `arn:aws:ssm:eu-west-1:${account}:parameter/${name.replace(/^\//, '')}`,
    Name: name,
    Type: type,
    ...(type === 'SecureString' && { KeyId: keyId }),
    LastModifiedDate: 1_750_000_000,
    Version: version,
    Tier: tier,
    Policies: expires === undefined ? [] : policies,
    DataType: 'text',
  };
}
