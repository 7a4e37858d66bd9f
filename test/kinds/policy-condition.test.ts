import { expect, test } from 'vitest';
import { isMet } from '../operate/policy-condition.ts';

const request = { 'aws:RequestTag/team': 'shop', 'sts:TransitiveTagKeys': ['team', 'stage'] };

/** As AWS evaluates operators: docs/facts/aws.md#iam-policies tells which keys there are. */
test.for([
  [{}, true],
  [{ StringEquals: { 'aws:RequestTag/team': 'shop' } }, true],
  [{ StringEquals: { 'AWS:requesttag/team': ['bank', 'shop'] } }, true],
  [{ StringEquals: { 'aws:RequestTag/team': 'Shop' } }, false],
  [{ StringEqualsIgnoreCase: { 'aws:RequestTag/team': 'Shop' } }, true],
  [{ StringEquals: { 'aws:RequestTag/team': 'sho*' } }, false],
  [{ StringLike: { 'aws:RequestTag/team': 'sho*' } }, true],
  [{ StringEquals: { 'aws:RequestTag/other': 'shop' } }, false],
  [{ StringEqualsIfExists: { 'aws:RequestTag/other': 'shop' } }, true],
  [{ StringNotEquals: { 'aws:RequestTag/team': 'shop' } }, false],
  [{ StringNotEquals: { 'aws:RequestTag/team': ['bank', 'post'] } }, true],
  [{ StringNotLike: { 'aws:RequestTag/other': '*' } }, true],
  [{ Null: { 'aws:RequestTag/team': 'false' } }, true],
  [{ Null: { 'aws:RequestTag/other': 'false' } }, false],
  [{ 'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': ['team', 'stage', 'more'] } }, true],
  [{ 'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': 'team' } }, false],
  [{ 'ForAllValues:StringEquals': { 'sts:SourceIdentity': 'me' } }, true],
  [{ 'ForAnyValue:StringEquals': { 'sts:TransitiveTagKeys': 'stage' } }, true],
  [{ 'ForAnyValue:StringEquals': { 'sts:SourceIdentity': 'me' } }, false],
  // Of what it does not know it says that it is not met.
  [{ NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } }, false],
  [
    {
      StringEquals: { 'aws:RequestTag/team': 'shop' },
      StringLike: { 'aws:RequestTag/team': 'bank*' },
    },
    false,
  ],
] as const)('%j: %s', ([condition, met]) => expect(isMet(condition, request)).toBe(met));
