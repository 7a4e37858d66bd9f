import { textAt } from '../../ground/json.ts';

/** What signs calls to AWS. It is never shown. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** As the credential process and the endpoints of containers give them. */
export function credentialsIn(document: unknown, tokenField: string): Credentials | undefined {
  const accessKeyId = textAt(document, 'AccessKeyId');
  const secretAccessKey = textAt(document, 'SecretAccessKey');
  const sessionToken = textAt(document, tokenField);
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}
