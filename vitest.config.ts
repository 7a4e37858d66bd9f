import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** CI counts the tests from a JSON report, which it asks for by naming a file. */
const report = process.env['VITEST_JSON'];

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Ends what hangs: no busy machine takes that long.
    testTimeout: 1_200_000,
    maxWorkers: 2,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
});
export default config;
