import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files go by their names: each finds the cluster as the one before has left it. */
class ByName extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...files].sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1));
  }
}

/** Apart from the others: `make test` needs no cluster. The files share one, so they run in turn. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/e2e/*.e2e.ts'],
    fileParallelism: false,
    isolate: false,
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    reporters: ['verbose'],
    sequence: { sequencer: ByName },
  },
});
export default config;
