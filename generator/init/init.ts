import { relative } from 'node:path';
import type { Host } from '../core/host.ts';
import { expectForm, type FlagForm, wrongUsage } from '../shell/flags.ts';
import { folderName } from '../shell/print.ts';
import { rootOf } from '../world/inside.ts';

/** The flags of `init`; it asks for what they leave out. */
export interface InitFlags {
  readonly name?: string;
  readonly namespace?: string;
  readonly environments?: string;
  readonly store?: Answers['store'];
  readonly region?: string;
  readonly database?: boolean;
  readonly image?: string;
  readonly deployer?: Answers['deployer'];
  readonly repository?: string;
  readonly ci?: Answers['ci'];
  readonly uses?: string;
  readonly plugin?: boolean;
  readonly spec?: boolean;
  readonly yes?: boolean;
}

/** The questions, by the flag that answers each. */
type Asked = Exclude<keyof InitFlags, 'plugin' | 'spec' | 'yes'>;

/** Answers a question: by its flag, by a person, or by the default, if there is one. */
type Answer = (name: Asked, asks: string, form: FlagForm, usual?: string) => string;

/** The answers of the flags, and of a person on the terminal; without a terminal the defaults. */
export function answersOf(flags: InitFlags, host: Host): Answers {
  const answer = answering(flags, host);
  const name = answer('name', 'What is it called?', FORMS.name, folderName('shop', host));
  return {
    name,
    folder: folderIn(host),
    namespace: answer('namespace', 'In which namespace?', FORMS.name, name),
    environments: environmentsOf(answer),
    ...storeOf(answer),
    hasDatabase: hasDatabase(answer),
    image: answer('image', 'Which image runs?', FORMS.image, `example/${name}:1.0.0`),
    ...deployerOf(flags, answer),
    ...serverOf(flags, host),
    hasPlugin: flags.plugin === true,
  };
}

function answering(flags: InitFlags, host: Host): Answer {
  return (name, asks, form, usual) => {
    const shown = usual === undefined ? `(${form.form})` : `[${usual}]`;
    const flag = name === 'database' ? yesOrNo(flags.database) : flags[name];
    const text =
      flag ?? (flags.yes === true ? usual : host.ask(`${asks} ${shown} `, false)?.trim() || usual);
    return text === undefined
      ? wrongUsage(`--${name} is needed: ${form.form}`)
      : expectForm(text, form, `--${name}`);
  };
}

function hasDatabase(answer: Answer): boolean {
  const asks = 'With a PostgreSQL of CloudNativePG?';
  return choice(['yes', 'no'] as const, 'database', asks, 'yes', answer) === 'yes';
}

function environmentsOf(answer: Answer): readonly string[] {
  const form = { test: /./, form: 'names with commas' };
  const names = answer('environments', 'Which environments?', form, 'dev,prod').split(',');
  return [...new Set(names.map(name => expectForm(name.trim(), FORMS.name, '--environments')))];
}

function storeOf(answer: Answer): Pick<Answers, 'store' | 'region'> {
  const asks = 'Where are the values of Secrets?';
  const store = choice(STORES, 'store', asks, 'parameter-store', answer);
  if (store === 'none' || store === 'kubernetes') return { store, region: '' };
  return { store, region: answer('region', 'In which region?', FORMS.region, 'eu-west-1') };
}

function deployerOf(flags: InitFlags, answer: Answer): Pick<Answers, 'deployer' | 'repository'> {
  const deployer = choice(DEPLOYERS, 'deployer', 'What applies it?', 'none', answer);
  const isKnown = deployer === 'flux' && flags.repository === undefined;
  if (deployer === 'none' || isKnown) return { deployer, repository: '' };
  const asks = 'Which address does Argo CD clone?';
  return { deployer, repository: answer('repository', asks, FORMS.repository) };
}

/** The action or component has no default: a stranger could register the name. */
export function serverOf(flags: InitFlags, host: Host): Server {
  const answer = answering(flags, host);
  const usual = flags.yes !== true && host.kindOf('.github') === 'folder' ? 'github' : 'none';
  const ci = choice(SERVERS, 'ci', 'Which server checks changes?', usual, answer);
  if (ci === 'none') return { ci, uses: '' };
  if (folderIn(host) !== '')
    wrongUsage('--ci is for the root of a repository: run `init` there, or with --ci none');
  return { ci, uses: answer('uses', 'Which action or component does it use?', FORMS[ci]) };
}

function choice<T extends string>(
  known: readonly T[],
  name: Asked,
  asks: string,
  usual: T,
  answer: Answer,
): T {
  const form = { test: new RegExp(`^(?:${known.join('|')})$`), form: `one of ${known.join(', ')}` };
  const text = answer(name, `${asks} (${known.join(', ')})`, form, usual);
  return known.find(word => word === text) ?? wrongUsage(form.form);
}

function yesOrNo(isWanted: boolean | undefined): string | undefined {
  return isWanted === undefined ? undefined : isWanted ? 'yes' : 'no';
}

/** This folder, from the root of the repository; empty: it is the root, or there is no repository. */
function folderIn(host: Host): string {
  const [root, here] = [rootOf('.', host), host.realPath('.')];
  return root === undefined || here === undefined ? '' : relative(root, here);
}

/** Who applies the overlays. */
export const DEPLOYERS = ['none', 'argocd', 'flux'] as const;
/** Where the repository is checked. */
export const SERVERS = ['none', 'github', 'gitlab'] as const;
/** Where the values of Secrets are kept. */
export const STORES = ['none', 'parameter-store', 'secrets-manager', 'kubernetes'] as const;

/** What CI runs, and which action or component of rem-secrets it uses. */
export type Server = Pick<Answers, 'ci' | 'uses'>;

export interface Answers {
  readonly name: string;
  /** The folder of the spec, from the root of the repository; empty for the root. */
  readonly folder: string;
  readonly namespace: string;
  readonly environments: readonly string[];
  readonly store: (typeof STORES)[number];
  /** The region of a store in AWS; else empty. */
  readonly region: string;
  readonly hasDatabase: boolean;
  readonly image: string;
  readonly deployer: (typeof DEPLOYERS)[number];
  /** The address that Argo CD or Flux clones; empty: Flux has it already. */
  readonly repository: string;
  readonly ci: (typeof SERVERS)[number];
  /** The action or component of rem-secrets that CI uses, with its version. */
  readonly uses: string;
  /** Whether kustomize is to run the function, too. */
  readonly hasPlugin: boolean;
}

/** The legal answers: they become part of YAML, and of commands that CI runs. */
const FORMS: Readonly<
  Record<'name' | 'region' | 'image' | 'repository' | 'github' | 'gitlab', FlagForm>
> = {
  name: {
    test: /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    form: 'up to 40 small letters, digits and hyphens, a letter first and no hyphen last',
  },
  region: {
    test: /^[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}$/,
    form: 'a region of AWS, such as eu-west-1',
  },
  image: {
    test: /^[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/,
    form: 'the name of an image, such as example/shop:1.0.0',
  },
  repository: {
    test: /^(?:https:\/\/|ssh:\/\/git@)[\w.:-]+\/[\w./~-]+$/,
    form: 'an address without credentials, such as https://git.example.com/platform/shop.git',
  },
  github: {
    test: /^[\w.-]+\/[\w.-]+@[\w./-]+$/,
    form: 'OWNER/rem-secrets@COMMIT, or a tag',
  },
  gitlab: {
    test: /^(?:\$CI_SERVER_FQDN|[\w.:-]+)(?:\/[\w.-]+){2,}@[\w.~/-]+$/,
    form: 'HOST/GROUP/rem-secrets/rem-secrets@COMMIT, or a tag',
  },
};
