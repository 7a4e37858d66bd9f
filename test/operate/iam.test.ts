import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { iamFileNames, iamFormats } from '../../generator/iam/formats/formats.ts';
import type { Statement } from '../../generator/kinds/ack.ts';
import {
  caseNames,
  FILLED,
  iamCases,
  type PrintedRole,
  printed,
  resourceOf,
  rolesIn,
  statementsOf,
} from './iam-cases.ts';
import { isAllowedIn } from './policy-condition.ts';

/** What somebody asks of AWS. */
interface Request {
  readonly how: string;
  readonly action: string;
  readonly arn: string;
  readonly context: Readonly<Record<string, string>>;
}

function requestsOf(name: string): Request[] {
  const lines = readFileSync(join(iamCases, name, 'requests.txt'), 'utf8').split('\n');
  return lines
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => {
      const [how = '', action = '', arn = '', ...context] = line.split(' ');
      const pairs = context.map(pair => [
        pair.slice(0, pair.indexOf('=')),
        pair.slice(pair.indexOf('=') + 1),
      ]);
      return { how, action, arn, context: Object.fromEntries(pairs) };
    });
}

function isGranted(statements: readonly Statement[], { action, arn, context }: Request): boolean {
  // What has no resource is asked for everything.
  const about =
    arn === '*' ? statements.map(one => ({ ...one, resources: undefined })) : statements;
  return isAllowedIn(about, action, arn === '*' ? undefined : resourceOf(arn), context);
}

/** Whether some role may do it: of a case each entry is for one of them. */
function byAny(roles: readonly PrintedRole[], request: Request): boolean {
  return roles.some(role => isGranted(statementsOf(role), request));
}

/** Requests beside one that names all exactly: none of them is needed. */
function nearMisses(request: Request): Request[] {
  const { action, arn, context } = request;
  const service = action.slice(0, action.indexOf(':'));
  const end = /-AbCdEf$/.exec(arn)?.[0] ?? '';
  const name = arn.slice(0, arn.length - end.length);
  const arns = [
    `${name}x${end}`,
    `${name}/below${end}`,
    `${name.slice(0, -1)}${end}`,
    name.slice(0, name.lastIndexOf('/')) + end,
    name.replace(/([:/])shop\//, '$1shop-staging/') + end,
    arn.replace(/:(eu-west-1|cn-north-1):/, ':us-east-1:'),
    arn.replace(/:(\d{12}):/, ':999999999999:'),
  ];
  const contexts = Object.keys(context).flatMap(key => [
    { ...context, [key]: `${context[key]}x` },
    Object.fromEntries(Object.entries(context).filter(([other]) => other !== key)),
  ]);
  return [
    ...arns.filter(other => other !== arn).map(other => ({ ...request, arn: other })),
    ...contexts.map(other => ({ ...request, context: other })),
    ...['GetParameterHistory', 'LabelParameterVersion', 'ListSecretVersionIds', '*'].map(other => ({
      ...request,
      action: `${service}:${other}`,
    })),
  ];
}

describe.each(caseNames)('%s', async name => {
  const roles = rolesIn(await printed(name, 'json', ...FILLED));
  const requests = requestsOf(name);
  const wanted = requests.filter(({ how }) => how !== 'deny');

  test('is allowed what it needs, and denied what it does not', () => {
    expect(wanted.filter(request => !byAny(roles, request))).toEqual([]);
    expect(
      requests.filter(({ how }) => how === 'deny').filter(request => byAny(roles, request)),
    ).toEqual([]);
  });

  test('is denied what is near to it', () => {
    const id = ({ action, arn }: Request): string => `${action} ${arn}`;
    const needed = new Set(wanted.map(id));
    const near = requests
      .filter(({ how }) => how === 'exact')
      .flatMap(nearMisses)
      .filter(request => !needed.has(id(request)) || Object.keys(request.context).length > 0);
    expect(near.length).toBeGreaterThan(0);
    expect(near.filter(request => byAny(roles, request))).toEqual([]);
  });

  test('has nothing that could be left out', () => {
    for (const role of roles)
      for (const statements of smaller(statementsOf(role))) {
        const others = roles
          .filter(other => other !== role)
          .flatMap(other => [statementsOf(other)]);
        const isLost = wanted.some(
          request => ![statements, ...others].some(some => isGranted(some, request)),
        );
        expect(isLost, JSON.stringify(statements)).toBe(true);
      }
  });

  test.each(Object.keys(iamFormats))('as %s', async format => {
    const file = new Map(Object.entries(iamFileNames)).get(format) ?? 'text.txt';
    await expect(await printed(name, format)).toMatchFileSnapshot(
      join(iamCases, name, 'expected', file),
    );
  });
});

/** Statements without one of them, or without one of its actions or resources. */
function* smaller(statements: readonly Statement[]): Generator<Statement[]> {
  for (const [index, statement] of statements.entries()) {
    const others = statements.filter((_, other) => other !== index);
    yield others;
    for (const field of ['actions', 'resources'] as const) {
      const all = statement[field] ?? [];
      for (const left of all.length > 1 ? all : [])
        yield [...others, { ...statement, [field]: all.filter(one => one !== left) }];
    }
  }
}
