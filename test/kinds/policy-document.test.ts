import { expect, test } from 'vitest';
import { isAllowed, parsePolicy } from '../../generator/kinds/ack.ts';

const ALLOW = { Effect: 'Allow', Action: 'ssm:Get*', Resource: '*' };
const DENY = { ...ALLOW, Effect: 'Deny' };
const OTHER = { ...ALLOW, Action: 's3:*' };
const shop = { service: 'ssm', region: 'eu-west-1', name: 'parameter/shop/db' };
const ofShop = 'arn:aws:ssm:eu-west-1:123456789012:parameter/shop/*';
const ofBlog = 'arn:aws:ssm:eu-west-1:123456789012:parameter/blog/*';
const condition = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } };

const isParameterAllowed = (statements: readonly object[]): boolean =>
  isAllowed(parsePolicy(JSON.stringify({ Statement: statements })) ?? [], 'ssm:GetParameter', shop);

test.for<[what: string, statements: object[], isAllowed: boolean]>([
  ['what is allowed', [ALLOW], true],
  ['what nothing is said of', [OTHER], false],
  ['an action in other letters', [{ ...ALLOW, Action: 'SSM:getparameter' }], true],
  ['one of two actions', [{ ...ALLOW, Action: ['ssm:PutParameter', 'ssm:GetParameter'] }], true],
  ['all but some actions', [{ ...ALLOW, Action: undefined, NotAction: 's3:*' }], true],
  ['what is denied too', [ALLOW, DENY], false],
  ['what is denied first', [DENY, ALLOW], false],
  ['what is denied of something else', [ALLOW, { ...DENY, Resource: ofBlog }], true],
  ['what is denied of it', [ALLOW, { ...DENY, Resource: ofShop }], false],
  ['what is denied on a condition', [ALLOW, { ...DENY, Condition: condition }], true],
  ['what is allowed on a condition', [{ ...ALLOW, Condition: condition }], true],
  ['denied of all but some', [ALLOW, { ...DENY, Resource: undefined, NotResource: ofBlog }], true],
  ['its resource', [{ ...ALLOW, Resource: ofShop }], true],
  ['another resource', [{ ...ALLOW, Resource: ofBlog }], false],
  ['one of two resources', [{ ...ALLOW, Resource: [ofBlog, ofShop] }], true],
])('%s', ([, statements, allowed]) => expect(isParameterAllowed(statements)).toBe(allowed));

test('of any resource: one that is allowed is enough, and all have to be denied', () => {
  const isAny = (statements: readonly object[]): boolean =>
    isAllowed(parsePolicy(JSON.stringify({ Statement: statements })) ?? [], 'ssm:GetParameter');
  expect(isAny([{ ...ALLOW, Resource: ofShop }])).toBe(true);
  expect(isAny([ALLOW, { ...DENY, Resource: ofShop }])).toBe(true);
  expect(isAny([ALLOW, DENY])).toBe(false);
});

test('what is no policy, or not filled in yet, is unknown', () => {
  expect(parsePolicy('{')).toBeUndefined();
  expect(parsePolicy('{}')).toBeUndefined();
  expect(parsePolicy('{ "Statement": [] }')).toBeUndefined();
  expect(parsePolicy(`{ "Statement": [{ "Resource": "\${BUCKET}" }] }`)).toBeUndefined();
  expect(parsePolicy('{ "Statement": { "Effect": "Allow" } }')).toHaveLength(1);
  expect(parsePolicy(`{ "Statement": [{ "Resource": "\${aws:username}" }] }`)).toHaveLength(1);
});
