import { beforeAll, expect, test } from 'vitest';
import { statusOf } from './argocd.ts';
import { apply, find, get, type Live, type Ref, refTo, remove, until } from './cluster.ts';
import {
  applyAll,
  hasController,
  lookAtAll,
  madeAsWorkedOut,
  settledAt,
} from './made-applications.ts';
import { makeTenants, type Pushed, settingsIn } from './tenants.ts';

/*
 * Environments of one ApplicationSet. Where its controller does not run, what it would make of the
 * files is worked out and applied in its place; where it does, it has to make exactly that.
 */

/** How many; 200 of them take minutes on two busy cores. */
const COUNT = Number(process.env['REM_E2E_TENANTS'] ?? 20);
const names = Array.from({ length: COUNT }, (_, index) => `tenant-${index}`);
const tenants = makeTenants('tenants', { applicationSets: { namespaces: ['tenant-*'] } });

/** Has the Applications of a commit made, and those that are not of it removed. */
async function bring(pushed: Pushed, gone: readonly string[] = []): Promise<void> {
  if (hasController) await madeAsWorkedOut(tenants, pushed);
  else {
    await Promise.all(pushed.made.map(object => apply(object, { manager: 'application-set' })));
    await Promise.all(gone.map(name => remove({ ...tenants.root, name })));
  }
  await lookAtAll(pushed);
}

/** What would be another if something were done to an environment, by its Application. */
interface Trace {
  readonly application: unknown;
  readonly settings: unknown;
}

type Traces = Readonly<Record<string, Trace>>;

async function traces({ made }: Pushed): Promise<Traces> {
  const traced = made.map(async object => {
    const application = await get(refTo(object));
    const { namespace = '' } = (object['spec'] as { readonly destination: Ref }).destination;
    const { metadata } = await get(settingsIn(namespace));
    const trace = { application: ofApplication(application), settings: metadata };
    return [object.metadata.name, trace] as const;
  });
  return Object.fromEntries(await Promise.all(traced));
}

/** The commit that it compares with, and what it noted last, are others with every commit. */
function ofApplication(application: Live): unknown {
  const { metadata, spec } = application;
  const { managedFields = [] } = metadata as {
    readonly managedFields?: readonly { readonly manager: string; readonly time: string }[];
  };
  const { operationState, history } = statusOf(application);
  const written = managedFields.filter(({ manager }) => /application-?set/.test(manager));
  return { uid: metadata.uid, spec, written, finished: operationState?.finishedAt, history };
}

function without(all: Traces, name: string): Traces {
  const { [name]: _, ...others } = all;
  return others;
}

let before: Traces = {};

beforeAll(() => {
  names.forEach(name => {
    tenants.write(name);
  });
});

test('all environments settle in a project that knows their namespaces by a pattern', async () => {
  const pushed = await tenants.push();
  expect(pushed.made).toHaveLength(COUNT);
  for (const object of tenants.byHand()) expect(JSON.stringify(object)).not.toContain('tenant-0');
  await applyAll(tenants.byHand());
  await bring(pushed);
  await settledAt(pushed);
  before = await traces(pushed);
});

test('one more: nothing else is touched', async () => {
  const projects = tenants.byHand();
  tenants.write('tenant-new');
  const pushed = await tenants.push();
  expect(tenants.byHand()).toEqual(projects);
  await bring(pushed);
  await settledAt(pushed);
  const after = await traces(pushed);
  expect(after).toHaveProperty('tenants-tenant-new');
  expect(without(after, 'tenants-tenant-new')).toEqual(before);
  before = after;
});

test('one less: nothing else is touched, and what it had stays', async () => {
  tenants.remove('tenant-3');
  const pushed = await tenants.push();
  await bring(pushed, ['tenants-tenant-3']);
  await settledAt(pushed);
  expect(await traces(pushed)).toEqual(without(before, 'tenants-tenant-3'));
  expect(await find({ ...tenants.root, name: 'tenants-tenant-3' })).toBeUndefined();
  expect(await find(settingsIn('tenant-3'))).toBeDefined();
});

test('a namespace that no pattern fits needs the project to be applied again', async () => {
  tenants.write('tenant-odd', { namespace: 'odd' });
  await bring(await tenants.push());
  const odd = { ...tenants.root, name: 'tenants-tenant-odd' };
  await until('Argo CD refuses it', async () => {
    const { conditions = [] } = statusOf(await get(odd));
    return conditions.some(({ type }) => type === 'InvalidSpecError');
  });
  expect(await find(settingsIn('odd'))).toBeUndefined();
  tenants.remove('tenant-odd');
  await bring(await tenants.push(), ['tenants-tenant-odd']);
});
