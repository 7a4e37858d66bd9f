import { relative } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { rootOf } from '../../read/inside.ts';
import { folderName } from '../folder-name.ts';
import { expectForm, type Form, wrongUsage } from '../usage.ts';
import { type Answers, DEPLOYERS, FORMS, SERVERS, STORES } from './answers.ts';

/** What the flags of `init` say; what is not there is asked for. */
export interface InitFlags {
  readonly name?: string;
  readonly namespace?: string;
  /** With commas. */
  readonly environments?: string;
  readonly store?: Answers['store'];
  readonly region?: string;
  /** Undefined: nobody has said. */
  readonly database?: boolean;
  readonly image?: string;
  readonly deployer?: Answers['deployer'];
  readonly repository?: string;
  readonly ci?: Answers['ci'];
  readonly package?: string;
  readonly plugin?: boolean;
  /** Takes what is usual for all that is not said. */
  readonly yes?: boolean;
}

/** One thing to be known. */
interface Question {
  readonly flag: string;
  readonly given: string | undefined;
  readonly asks: string;
  /** Undefined: nothing is usual. */
  readonly usual?: string;
}

/** Answers a question: by its flag, by a person, or by what is usual. */
type Answer = (question: Question, form: Form) => string;

/** Asks on the terminal for what the flags leave open; without a terminal what is usual is taken. */
export function answersOf(flags: InitFlags, host: Host): Answers {
  const answer: Answer = (question, form) =>
    answered(question, form, flags.yes === true ? NOBODY : host.ask);
  const name = answer(
    {
      flag: '--name',
      given: flags.name,
      asks: 'What is it called?',
      usual: folderName('shop', host),
    },
    FORMS.name,
  );
  return {
    name,
    folder: folderIn(host),
    namespace: answer(
      { flag: '--namespace', given: flags.namespace, asks: 'In which namespace?', usual: name },
      FORMS.name,
    ),
    environments: environmentsOf(flags, answer),
    ...storeOf(flags, answer),
    hasDatabase:
      choice(
        ['yes', 'no'],
        {
          flag: '--database',
          given: yesOrNo(flags.database),
          asks: 'With a PostgreSQL of CloudNativePG?',
          usual: 'yes',
        },
        answer,
      ) === 'yes',
    image: answer(
      {
        flag: '--image',
        given: flags.image,
        asks: 'Which image runs?',
        usual: `example/${name}:1.0.0`,
      },
      FORMS.image,
    ),
    ...deployerOf(flags, answer),
    ...serverOf(flags, answer, host),
    hasPlugin: flags.plugin === true,
  };
}

const NOBODY: Host['ask'] = () => undefined;

function environmentsOf(flags: InitFlags, answer: Answer): readonly string[] {
  const question = {
    flag: '--environments',
    given: flags.environments,
    asks: 'Which environments?',
    usual: 'dev,prod',
  };
  const names = answer(question, { test: /./, form: 'names with commas' }).split(',');
  return [...new Set(names.map(name => expectForm(name.trim(), FORMS.name, question.flag)))];
}

function storeOf(flags: InitFlags, answer: Answer): Pick<Answers, 'store' | 'region'> {
  const store = choice(
    STORES,
    {
      flag: '--store',
      given: flags.store,
      asks: 'Where are the values of Secrets?',
      usual: 'parameter-store',
    },
    answer,
  );
  if (store === 'none' || store === 'kubernetes') return { store, region: '' };
  const region = {
    flag: '--region',
    given: flags.region,
    asks: 'In which region?',
    usual: 'eu-west-1',
  };
  return { store, region: answer(region, FORMS.region) };
}

function deployerOf(flags: InitFlags, answer: Answer): Pick<Answers, 'deployer' | 'repository'> {
  const deployer = choice(
    DEPLOYERS,
    { flag: '--deployer', given: flags.deployer, asks: 'What applies it?', usual: 'none' },
    answer,
  );
  if (deployer === 'none') return { deployer, repository: '' };
  const repository = {
    flag: '--repository',
    given: flags.repository,
    asks: 'Which address does Argo CD clone?',
  };
  if (deployer === 'flux' && flags.repository === undefined) return { deployer, repository: '' };
  return { deployer, repository: answer(repository, FORMS.repository) };
}

/** A package is never usual: a name that nobody has in a registry, somebody could take. */
function serverOf(flags: InitFlags, answer: Answer, host: Host): Pick<Answers, 'ci' | 'package'> {
  const usual = flags.yes !== true && host.kindOf('.github') === 'folder' ? 'github' : 'none';
  const ci = choice(
    SERVERS,
    { flag: '--ci', given: flags.ci, asks: 'Which server checks changes?', usual },
    answer,
  );
  if (ci === 'none') return { ci, package: '' };
  if (folderIn(host) !== '')
    wrongUsage('--ci is for the root of a repository: run `init` there, or with --ci none');
  const name = { flag: '--package', given: flags.package, asks: 'What does npm install there?' };
  return { ci, package: answer(name, FORMS.package) };
}

function choice<T extends string>(known: readonly T[], question: Question, answer: Answer): T {
  const form = { test: new RegExp(`^(?:${known.join('|')})$`), form: `one of ${known.join(', ')}` };
  const said = answer({ ...question, asks: `${question.asks} (${known.join(', ')})` }, form);
  const [found = wrongUsage(form.form)] = known.filter(one => one === said);
  return found;
}

function answered({ flag, given, asks, usual }: Question, form: Form, ask: Host['ask']): string {
  const shown = usual === undefined ? `(${form.form})` : `[${usual}]`;
  const said = given ?? (ask(`${asks} ${shown} `, false)?.trim() || usual);
  return said === undefined
    ? wrongUsage(`${flag} is needed: ${form.form}`)
    : expectForm(said, form, flag);
}

function yesOrNo(isWanted: boolean | undefined): string | undefined {
  return isWanted === undefined ? undefined : isWanted ? 'yes' : 'no';
}

/** A server looks for its file at the root of the repository. */
function folderIn(host: Host): string {
  const [root, here] = [rootOf('.', host), host.realPath('.')];
  return root === undefined || here === undefined ? '' : relative(root, here);
}
