import type { Rule } from './rule.ts';
import { unknownSecret } from './rules/unknown-secret.ts';
import { unknownSecretKey } from './rules/unknown-secret-key.ts';

/** All rules, by id. */
export const rules: readonly Rule[] = [unknownSecret, unknownSecretKey];
