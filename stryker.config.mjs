/** `npm run mutation`: whether the tests of the gates would notice a changed gate. */
export default {
  testRunner: 'jest',
  jest: {
    projectType: 'custom',
    configFile: 'jest.config.cjs',
    config: {
      globalSetup: null,
      globalTeardown: null,
      roots: ['<rootDir>/libs'],
      testMatch: ['**/libs/debate/src/{gates,routes,recompute}.unit.spec.ts'],
    },
  },
  mutate: [
    'libs/debate/src/gates.ts',
    'libs/debate/src/ballots.ts',
    'libs/debate/src/reversible.ts',
    'libs/debate/src/radius.ts',
  ],
  ignorePatterns: ['**/dist', 'apps', 'test', '.inquest', '.nx'],
  coverageAnalysis: 'perTest',
  concurrency: 2,
  reporters: ['clear-text'],
  thresholds: { high: 95, low: 90, break: 90 },
  tempDirName: '.stryker-tmp',
};
