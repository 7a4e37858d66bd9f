import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Apart from the others: to build Helm takes minutes. `make helm` builds it and runs this. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/helm/helm.ts'],
    env: {
      XDG_CACHE_HOME: '/dev/null',
      PATH: `${import.meta.dirname}/../../.tools/helm:${process.env['PATH'] ?? ''}`,
    },
    testTimeout: 1_200_000,
  },
});
export default config;
