import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { folderOfRun, memoryFolder } from './test/memory-folder.ts';

/** CI counts the tests from a JSON report, which it asks for by naming a file. */
const report = process.env['VITEST_JSON'];

/** Short files that take longest: Vitest takes large ones first, and at the end two of three workers would wait for one. */
const LONG = /\/(?:docs|golden|golden-built|init|lock)\.slow\.test\.ts$/;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter(file => !isLong(file))];
  }
}

const TMPDIR = memoryFolder();
const OF_RUN = folderOfRun(TMPDIR);

/**
 * `npm test` leaves out what takes long, and says so in its name: repositories with commits, huge inputs, the browser,
 * many programs. All are of one project: another would compile and load each source once more.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/built.ts',
    env: {
      XDG_CACHE_HOME: OF_RUN, // What one test has built another need not build.
      REM_SHARED: OF_RUN, // The package is packed once: test/installed.ts.
      NODE_EXTRA_CA_CERTS: '', // Node 20 reads them at each start, and no test needs one.
      CI: '', // In CI no compiled code is kept: the tests are to see what people have.
      GOGC: 'off', // Programs in Go that end at once need not tidy up.
      GOMEMLIMIT: '1GiB',
      ...(TMPDIR !== undefined && { TMPDIR }),
    },
    experimental: { fsModuleCache: true }, // By content: what did not change is not compiled again.
    isolate: false, // No module remembers anything between calls: each is loaded once.
    // Ends what hangs: no busy machine takes that long.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    sequence: { sequencer: LongFirst },
    maxWorkers: 3, // On two processors: one waits for a program that it has started.
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
export default config;
