import { start } from './start.ts';

/** The script of the program, in dist/; the build fills the name in. */
declare const PROGRAM: string;

/** The oldest major of Node that is tried, as in `engines` of package.json. */
const OLDEST_NODE = 20;

/** Why the program cannot start; undefined: it has run. */
function refusal(): string | undefined {
  const { node } = process.versions;
  if (Number.parseInt(node, 10) < OLDEST_NODE)
    return `Node ${node} is too old: ${OLDEST_NODE} or a newer one is needed`;
  try {
    start.loadScript(start.packageFile(`dist/bundle/${PROGRAM}.cjs`));
    return undefined;
  } catch (error) {
    // The program itself tells what the machine refuses; this is what keeps it from being loaded.
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    return `cannot start: ${error.message}`;
  }
}

const why = refusal();
if (why !== undefined) {
  process.stderr.write(`rem-secrets: ${why}\n`);
  process.exitCode = 2;
}
