import { groupBy } from '../../ground/group-by.ts';
import type { JsonObject } from '../../ground/json.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { arnText } from './arn.ts';
import type { Grant } from './grant.ts';

/** A statement of a policy, that allows. */
export interface PolicyStatement {
  /** Who, in a trust policy. */
  readonly principal?: JsonObject;
  readonly actions: readonly string[];
  /** None in a trust policy. */
  readonly resources: readonly string[];
  readonly condition: JsonObject;
  /** Why its resources are no exact names. */
  readonly why?: string;
}

/** Statements that differ in nothing but what they list, which may be told apart at will. */
export interface StatementGroup {
  /** All of them, in this order. */
  readonly listed: readonly string[];
  readonly statementOf: (listed: readonly string[]) => PolicyStatement;
}

/** What is allowed on one thing. */
interface Allowed {
  readonly grant: Grant;
  readonly listed: string;
  readonly actions: string;
}

/**
 * Grants as few statements: first the actions for each thing, then the things with the same actions.
 * A key lists the entries that it is used for.
 */
export function statementGroups(grants: readonly Grant[]): StatementGroup[] {
  const things = [...groupBy(grants, grant => `${frameOf(grant)}\n${listedText(grant)}`).values()];
  const allowed = things.flatMap(([grant, ...others]): Allowed[] => {
    if (grant === undefined) return [];
    const actions = new Set([grant, ...others].map(({ action }) => action));
    return [{ grant, listed: listedText(grant), actions: [...actions].sort().join() }];
  });
  const groups = groupBy(allowed, ({ grant, actions }) => `${actions}\n${frameOf(grant)}`);
  return sortBy([...groups], ([id]) => id).flatMap(([, [first, ...others]]) =>
    first === undefined ? [] : [groupOf(first, [first, ...others])],
  );
}

/** What two grants have to have in common to be in one statement, besides actions. */
function frameOf({ on, condition, why = '', of }: Grant): string {
  const key = of === undefined ? '' : `${of.service} ${of.contextKey} ${arnText(on)}`;
  return `${why}\n${key}\n${conditionText(condition)}`;
}

/** Most grants have none. */
function conditionText(condition: JsonObject): string {
  return Object.keys(condition).length === 0 ? '' : JSON.stringify(condition);
}

function groupOf({ grant, actions: names }: Allowed, all: readonly Allowed[]): StatementGroup {
  const { on, of, condition, why } = grant;
  const actions = names.split(',');
  const because = why === undefined ? {} : { why };
  const listed = all.map(one => one.listed).sort();
  if (of === undefined)
    return {
      listed,
      statementOf: resources => ({ actions, resources, condition, ...because }),
    };
  return {
    listed,
    statementOf: entries => ({
      actions,
      resources: [arnText(on)],
      condition: { ...condition, ...keyCondition(of.service, of.contextKey, entries) },
      ...because,
    }),
  };
}

/** What a key may be used for, as a condition: by the service alone, and for these entries alone. */
function keyCondition(service: string, contextKey: string, entries: readonly string[]): JsonObject {
  const context = { [`kms:EncryptionContext:${contextKey}`]: entries };
  const via = { 'kms:ViaService': service };
  const isPattern = entries.some(entry => /[*?]/.test(entry));
  return isPattern
    ? { StringEquals: via, StringLike: context }
    : { StringEquals: { ...via, ...context } };
}

/** A grant's entry as text, for a key; its own name for anything else. */
export function listedText({ on, of }: Grant): string {
  return arnText(of?.entry ?? on);
}
