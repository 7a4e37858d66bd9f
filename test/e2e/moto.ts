const endpoint = process.env['REM_E2E_MOTO_URL'] ?? 'http://127.0.0.1:5000';

/** Where a value lies in AWS. */
export interface Place {
  readonly service: 'ParameterStore' | 'SecretsManager';
  readonly region: string;
  readonly key: string;
}

/** A call in the JSON protocol; moto reads region and service from the signature, and no more of it. */
async function call(
  target: string,
  service: string,
  region: string,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const scope = `testing/20260101/${region}/${service}/aws4_request`;
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': target,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Readonly<Record<string, unknown>>;
  if (!response.ok) throw new Error(`moto: ${target}: ${JSON.stringify(answer)}`);
  return answer;
}

/** Puts a value, as a new version where there is one; tags are given to the first. */
export async function put(
  { service, region, key }: Place,
  value: string,
  tags: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (service === 'ParameterStore') {
    const parameter = { Name: key, Value: value, Type: 'SecureString', Overwrite: true };
    await call('AmazonSSM.PutParameter', 'ssm', region, parameter);
    const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    if (list.length === 0) return;
    const resource = { ResourceType: 'Parameter', ResourceId: key, Tags: list };
    await call('AmazonSSM.AddTagsToResource', 'ssm', region, resource);
    return;
  }
  const secret = { Name: key, SecretString: value };
  const [made] = await Promise.allSettled([
    call('secretsmanager.CreateSecret', 'secretsmanager', region, secret),
  ]);
  if (made?.status === 'fulfilled') return;
  const next = { SecretId: key, SecretString: value };
  await call('secretsmanager.PutSecretValue', 'secretsmanager', region, next);
}
