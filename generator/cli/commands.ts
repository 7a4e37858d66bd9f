import { expander } from '#expander';
import { importer } from '#importer';
import { injector } from '#injector';
import { keeper } from '#keeper';
import { linter } from '#linter';
import { operator } from '#operator';
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
  listed(initCommand, () => expander.init),
  listed(expandCommand, () => expander.expand),
  listed(renderCommand, () => expander.render),
  listed(validateCommand, () => expander.validate),
  listed(importCommand, () => importer.import),
  listed(injectCommand, () => injector.inject),
  listed(lintCommand, () => linter.lint),
  listed(diffCommand, () => linter.diff),
  listed(iamCommand, () => operator.iam),
  listed(paramsCommand, () => keeper.params),
  listed(capacityCommand, () => operator.capacity),
  listed(runbookCommand, () => operator.runbook),
  listed(doctorCommand, () => keeper.doctor),
  listed(statusCommand, () => keeper.status),
  listed(graphCommand, () => expander.graph),
  listed(versionsCommand, () => operator.versions),
  listed(environmentsCommand, () => expander.environments),
  listed(
    completionOf(() => commands),
    () => expander.completion,
  ),
];
