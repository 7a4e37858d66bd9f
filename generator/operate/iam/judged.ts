import type { AwsEntry } from '../../graph/aws-stores.ts';
import { isUnresolved } from '../../ground/unresolved.ts';

/** Whether an entry says what it reads: its name is there and filled in, or it searches. */
export function isNamed({ name }: AwsEntry): boolean {
  return name === undefined || (name !== '' && !isUnresolved(name));
}
