/**
 * One configuration for all projects. Which size of test runs is chosen by a pattern on the command line:
 * `jest unit.spec`, `jest int.spec`, `jest e2e.spec`.
 *
 * The code is ESM and so are Nest 12 and others, but Jest's own ESM mode is still experimental: tests run as CommonJS instead,
 * and every ESM-only package they load is compiled on the way in.
 */
const esmOnlyPackages = [
  '@kubernetes/',
  '@nestjs/',
  '@borewit/',
  '@tokenizer/',
  'canonicalize/',
  'file-type/',
  'jose/',
  'jsonpath-plus/',
  'oauth4webapi/',
  'openid-client/',
  'rfc4648/',
  'p-limit/',
  'strtok3/',
  'token-types/',
  'uint8array-extras/',
  'unbash/',
  'uuid/',
  'yocto-queue/',
];

const swc = {
  $schema: 'https://swc.rs/schema.json',
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
};
const swcForPackages = { ...swc, sourceMaps: false, jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } } };

module.exports = {
  rootDir: __dirname,
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.unit.spec.ts', '**/*.int.spec.ts', '<rootDir>/test/**/*.e2e.spec.ts', '<rootDir>/test/**/*.drill.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/(apps|libs)/[^/]+/dist/'],
  moduleNameMapper: {
    '^@inquest/([a-z-]+)$': ['<rootDir>/libs/$1/src/index.ts', '<rootDir>/apps/$1/src/index.ts'],
    '^canonicalize$': '<rootDir>/node_modules/canonicalize/lib/canonicalize.js', // Its exports name the condition "import" alone.
    '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'],
  },
  transform: {
    '\\.ts$': ['@swc/jest', swc],
    '\\.m?js$': ['@swc/jest', swcForPackages],
  },
  transformIgnorePatterns: [`/node_modules/(?!(.*/node_modules/)?(${esmOnlyPackages.join('|')}))`],
  globalSetup: '<rootDir>/libs/testing/jest-servers.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest-servers-stop.mjs',
  testEnvironment: 'node',
  testTimeout: 30_000,
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
};
