import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files go by their names: each finds the cluster as the one before has left it. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  }
}

/** CI reads from the report what was skipped. */
const cache = process.env['REM_E2E_CACHE'] ?? tmpdir();

/** Apart from the others: `make test` needs no cluster. The files share one, so they run in turn. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/e2e/*.e2e.ts'],
    fileParallelism: false,
    isolate: false,
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    reporters: ['verbose', ['json', { outputFile: join(cache, 'report.json') }]],
    sequence: { sequencer: ByName },
  },
});
export default config;
