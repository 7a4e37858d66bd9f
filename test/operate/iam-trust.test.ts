import { expect, test } from 'vitest';
import { parsePolicy, type Statement } from '../../generator/kinds/ack.ts';
import { FILLED, printed, rolesIn } from './iam-cases.ts';
import { isAllowedIn, type RequestContext } from './policy-condition.ts';

async function trustOf(name: string, role: string): Promise<readonly Statement[]> {
  const found = rolesIn(await printed(name, 'json', ...FILLED)).find(one => one.name === role);
  return parsePolicy(JSON.stringify(found?.trustPolicy)) ?? [];
}

function mayTake(
  trust: readonly Statement[],
  who: string,
  action: string,
  context: RequestContext,
): boolean {
  const own = trust.filter(({ principals }) => principals.includes(who));
  return isAllowedIn(own, action, undefined, context);
}

/** The context with one entry changed, and without it. */
function wrongOnes(context: Readonly<Record<string, string>>): RequestContext[] {
  return Object.entries(context).flatMap(([key, value]) => [
    { ...context, [key]: `${value}x` },
    Object.fromEntries(Object.entries(context).filter(([other]) => other !== key)),
  ]);
}

const GATE = 'arn:aws:iam::123456789012:role/shop-gate';
const ESO = 'arn:aws:iam::123456789012:role/rem-secrets-external-secrets';
const TAGS = { 'aws:RequestTag/team': 'shop', 'aws:RequestTag/stage': 'prod' };
const POD = {
  'aws:RequestTag/eks-cluster-name': 'shop',
  'aws:RequestTag/kubernetes-namespace': 'external-secrets',
  'aws:RequestTag/kubernetes-service-account': 'external-secrets',
};
const TOKEN = {
  'oidc.example/id/A:aud': 'shop.example',
  'oidc.example/id/A:sub': 'system:serviceaccount:shop:reader',
};
const PODS = 'pods.eks.amazonaws.com';
const OIDC = 'arn:aws:iam::123456789012:oidc-provider/oidc.example/id/A';

test.for([
  ['other-account', 'rem-secrets-external-secrets', PODS, 'sts:AssumeRole', POD],
  ['other-account', 'rem-secrets-external-secrets', PODS, 'sts:TagSession', POD],
  ['other-account', 'shop-gate', ESO, 'sts:AssumeRole', {}],
  ['other-account', 'shop-reader', GATE, 'sts:AssumeRole', { ...TAGS, 'sts:ExternalId': 'shop-7' }],
  ['other-account', 'shop-reader', GATE, 'sts:TagSession', TAGS],
  ['service-accounts', 'shop-reader', OIDC, 'sts:AssumeRoleWithWebIdentity', TOKEN],
] as const)('%s: %s is taken on by %s with %s, and by nobody else', async args => {
  const [name, role, who, action, context] = args;
  const trust = await trustOf(name, role);
  expect(mayTake(trust, who, action, context)).toBe(true);
  for (const wrong of wrongOnes(context)) expect(mayTake(trust, who, action, wrong)).toBe(false);
  expect(mayTake(trust, `${who}x`, action, context)).toBe(false);
});

test('a tag stays with the session only where the store says so', async () => {
  const trust = await trustOf('other-account', 'shop-reader');
  const may = (...keys: readonly string[]): boolean =>
    mayTake(trust, GATE, 'sts:TagSession', { ...TAGS, 'sts:TransitiveTagKeys': keys });
  expect([may('team'), may('team', 'stage')]).toEqual([true, false]);
});

test('with IRSA the account of ESO itself takes its role by its token', async () => {
  const flags = ['--trust', 'IRSA', '--service-account', 'platform/eso', ...FILLED];
  const [role] = rolesIn(await printed('parameter-store', 'json', ...flags));
  const trust = parsePolicy(JSON.stringify(role?.trustPolicy)) ?? [];
  const token = {
    'oidc.example/id/A:aud': 'sts.amazonaws.com',
    'oidc.example/id/A:sub': 'system:serviceaccount:platform:eso',
  };
  expect(mayTake(trust, OIDC, 'sts:AssumeRoleWithWebIdentity', token)).toBe(true);
  expect(mayTake(trust, PODS, 'sts:AssumeRole', POD)).toBe(false);
});

test.for(['bank', 'shop'])(
  'a role that several accounts have is taken on by that of %s',
  async namespace => {
    const trust = await trustOf('shared-roles', 'eso');
    const token = {
      'oidc.example/id/A:aud': 'sts.amazonaws.com',
      'oidc.example/id/A:sub': `system:serviceaccount:${namespace}:reader`,
    };
    expect(mayTake(trust, OIDC, 'sts:AssumeRoleWithWebIdentity', token)).toBe(true);
    for (const wrong of wrongOnes(token))
      expect(mayTake(trust, OIDC, 'sts:AssumeRoleWithWebIdentity', wrong)).toBe(false);
    expect(await printed('shared-roles', 'text')).toContain(
      `note: ServiceAccount ${namespace}/reader needs the annotation`,
    );
  },
);

test('a role that an account has is taken on by another role too', async () => {
  const trust = await trustOf('shared-roles', 'gate');
  const sender = 'arn:aws:iam::123456789012:role/rem-secrets-mail.sender';
  expect(mayTake(trust, sender, 'sts:AssumeRole', {})).toBe(true);
  const token = {
    'oidc.example/id/A:aud': 'sts.amazonaws.com',
    'oidc.example/id/A:sub': 'system:serviceaccount:mail:porter',
  };
  expect(mayTake(trust, OIDC, 'sts:AssumeRoleWithWebIdentity', token)).toBe(true);
});
