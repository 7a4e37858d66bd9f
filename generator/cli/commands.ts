import { capacity } from '#commands/capacity';
import { completion } from '#commands/completion';
import { diff } from '#commands/diff';
import { doctor } from '#commands/doctor';
import { environments } from '#commands/environments';
import { expand } from '#commands/expand';
import { graph } from '#commands/graph';
import { iam } from '#commands/iam';
import { importAction } from '#commands/import';
import { init } from '#commands/init';
import { inject } from '#commands/inject';
import { lint } from '#commands/lint';
import { params } from '#commands/params';
import { render } from '#commands/render';
import { runbook } from '#commands/runbook';
import { status } from '#commands/status';
import { validate } from '#commands/validate';
import { versions } from '#commands/versions';
import { type ListedCommand, listed } from './command.ts';
import { capacityCommand } from './commands/capacity.ts';
import { completionOf } from './commands/completion.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { environmentsCommand } from './commands/environments.ts';
import { expandCommand } from './commands/expand.ts';
import { graphCommand } from './commands/graph.ts';
import { iamCommand } from './commands/iam.ts';
import { importCommand } from './commands/import.ts';
import { initCommand } from './commands/init.ts';
import { injectCommand } from './commands/inject.ts';
import { lintCommand } from './commands/lint.ts';
import { paramsCommand } from './commands/params.ts';
import { renderCommand } from './commands/render.ts';
import { runbookCommand } from './commands/runbook.ts';
import { statusCommand } from './commands/status.ts';
import { validateCommand } from './commands/validate.ts';
import { versionsCommand } from './commands/versions.ts';

/** Every command, in the order of the help, with what is loaded to run it. */
export const commands: readonly ListedCommand[] = [
  listed(initCommand, () => init),
  listed(expandCommand, () => expand),
  listed(renderCommand, () => render),
  listed(validateCommand, () => validate),
  listed(importCommand, () => importAction),
  listed(injectCommand, () => inject),
  listed(lintCommand, () => lint),
  listed(diffCommand, () => diff),
  listed(iamCommand, () => iam),
  listed(paramsCommand, () => params),
  listed(capacityCommand, () => capacity),
  listed(runbookCommand, () => runbook),
  listed(doctorCommand, () => doctor),
  listed(statusCommand, () => status),
  listed(graphCommand, () => graph),
  listed(versionsCommand, () => versions),
  listed(environmentsCommand, () => environments),
  listed(
    completionOf(() => commands),
    () => completion,
  ),
];
