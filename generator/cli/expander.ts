import { completion } from './commands/completion.ts';
import { environments } from './commands/environments.ts';
import { expand } from './commands/expand.ts';
import { graph } from './commands/graph.ts';
import { init } from './commands/init.ts';
import { render } from './commands/render.ts';
import { validate } from './commands/validate.ts';

/** The commands that have no rules in them: the program loads them only when it runs one. */
export const expander: {
  readonly completion: typeof completion;
  readonly environments: typeof environments;
  readonly expand: typeof expand;
  readonly graph: typeof graph;
  readonly init: typeof init;
  readonly render: typeof render;
  readonly validate: typeof validate;
} = { completion, environments, expand, graph, init, render, validate };
