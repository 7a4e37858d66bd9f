import { policyDocument } from '../../operate/iam/document.ts';
import type { PolicyStatement } from '../../operate/iam/statements.ts';

/** A policy document as the text that objects of Kubernetes hold, to be read by people too. */
export function documentText(statements: readonly PolicyStatement[]): string {
  return `${JSON.stringify(policyDocument(statements), undefined, 2)}\n`;
}
