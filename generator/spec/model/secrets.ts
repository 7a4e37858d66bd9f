import type { Path, Report } from '../../core/finding.ts';
import { isValueMaker } from '../../kinds/eso/generators.ts';
import type { KeySet } from '../../kinds/kind.ts';
import type { SecretSpec, Spec } from '../spec.ts';
import { loginsOf } from './databases.ts';
import type { KnownSecret, SecretContext, SecretModel } from './model.ts';
import { fetchData, resolveTemplate } from './secret-data.ts';
import { checkSecretFields, type Fetched } from './secret-fields.ts';

export interface ResolvedSecrets {
  readonly secrets: SecretModel[];
  readonly known: ReadonlyMap<string, KnownSecret>;
}

/**
 * Every Secret with its keys. A Secret that is read `from` another one is resolved after it,
 * whatever their order.
 */
export function resolveSecrets(
  spec: Spec,
  namespace: string,
  made: ReadonlyMap<string, KnownSecret>,
  report: Report,
): ResolvedSecrets {
  const specs = spec.secrets ?? {};
  const known = new Map(made);
  const secrets: SecretModel[] = [];
  const underWay = new Set<string>();
  const resolve = (name: string, secret: SecretSpec): void => {
    underWay.add(name);
    const resolved = resolveSecret(name, secret, context);
    if (resolved.model !== undefined) secrets.push(resolved.model);
    if (secret.creationPolicy === 'None') return; // ESO reads the store and makes no Secret.
    addKnown(known, name, { ...resolved.keys, path: ['secrets', name] }, secret, report);
  };
  const lookUp = (name: string): KnownSecret | undefined => {
    const secret = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (secret !== undefined && !underWay.has(name)) resolve(name, secret);
    return known.get(name);
  };
  const names = (): Iterable<string> => new Set([...made.keys(), ...Object.keys(specs)]);
  const context = { spec, namespace, report, lookUp, names, logins: loginsOf(spec) };
  for (const name of Object.keys(specs)) lookUp(name);
  secrets.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { secrets, known };
}

/** Two makers of one Secret fight over it, unless the second merges into it. */
function addKnown(
  known: Map<string, KnownSecret>,
  name: string,
  secret: KnownSecret,
  { creationPolicy }: SecretSpec,
  report: Report,
): void {
  const before = known.get(name);
  if (before === undefined) {
    known.set(name, secret);
  } else if (creationPolicy === 'Merge') {
    const keys = new Set([...before.keys, ...secret.keys]);
    known.set(name, { ...before, keys, isOpen: before.isOpen || secret.isOpen });
  } else {
    report({
      id: 'duplicate-secret',
      message: `secret "${name}" is made by the ${before.database === undefined ? 'resource' : 'database'} "${before.path.at(-1)}" already`,
      hint: 'Choose another name, or set creationPolicy: Merge to add keys to it.',
      path: secret.path,
      isAboutName: true,
      related: [
        {
          note: before.database === undefined ? 'the resource' : 'the database',
          path: before.path,
        },
      ],
    });
  }
}

interface ResolvedSecret {
  readonly keys: KeySet;
  readonly model?: SecretModel;
}

function resolveSecret(name: string, secret: SecretSpec, context: SecretContext): ResolvedSecret {
  const path = ['secrets', name];
  checkSecretFields(name, secret, path, context.report);
  const declared = secret.manual ?? secret.external;
  if (declared !== undefined && declared !== false) {
    return {
      keys: { keys: new Set(declared === true ? [] : declared), isOpen: declared === true },
    };
  }
  const fetched = fetchData(name, secret, path, context);
  const { template, keys } = resolveTemplate(name, secret, fetched, path, context);
  return { keys, model: secretModel(name, secret, path, fetched, template, context) };
}

/** What is made anew replaces what is in use: once, unless an interval is asked for. */
function refreshOf({ refreshInterval }: SecretSpec, { generator }: Fetched): string | undefined {
  const isMade = generator !== undefined && isValueMaker(generator.kind);
  return isMade && refreshInterval === undefined ? 'CreatedOnce' : undefined;
}

function secretModel(
  name: string,
  secret: SecretSpec,
  path: Path,
  fetched: Fetched,
  template: SecretModel['template'],
  { spec }: SecretContext,
): SecretModel {
  const store = secret.store;
  return {
    name,
    path,
    patch: secret.patch ?? {},
    externalSecret: secret.externalSecret ?? name,
    storeRef:
      store === undefined
        ? undefined
        : { kind: spec.stores?.[store]?.kind ?? 'ClusterSecretStore', name: store },
    refreshInterval: secret.refreshInterval ?? '1h',
    refreshPolicy: secret.refreshPolicy ?? refreshOf(secret, fetched),
    creationPolicy: secret.creationPolicy ?? 'Owner',
    deletionPolicy: secret.deletionPolicy ?? 'Retain',
    immutable: secret.immutable,
    template,
    data: fetched.data,
    dataFrom: fetched.dataFrom,
    generator: fetched.generator,
    reads: fetched.reads,
    remoteReads: fetched.remoteReads,
    extraDatabases: Object.values(secret.template ?? {}).flatMap(text =>
      typeof text === 'string' ? [] : (text.postgresUrl?.database ?? []),
    ),
  };
}
