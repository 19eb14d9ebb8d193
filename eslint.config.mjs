import eslint from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Who may import whom. Standalone is the one app that is made of the others. */
const edges = [
  {
    sourceTag: 'type:standalone',
    onlyDependOnLibsWithTags: ['type:app', 'type:shell', 'type:adapter', 'type:domain', 'type:contracts'],
  },
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['type:shell', 'type:adapter', 'type:domain', 'type:contracts'] },
  { sourceTag: 'type:shell', onlyDependOnLibsWithTags: ['type:adapter', 'type:domain', 'type:contracts'] },
  { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:adapter', 'type:contracts'] },
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:domain', 'type:contracts'] },
  { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:contracts', 'type:servers'] },
  { sourceTag: 'type:contracts', onlyDependOnLibsWithTags: [] },
];

/** What may one day run in a browser. The stars matter: without one, `typeorm/…` would slip through. */
const runtimes = [{ sourceTag: 'runtime:any', bannedExternalImports: ['@nestjs/*', 'typeorm*', 'ioredis*'] }];

const boundaries = (constraints) => [
  'error',
  { depConstraints: [...constraints, ...runtimes], banTransitiveDependencies: false, checkDynamicDependenciesExceptions: ['.*'] },
];

const inSpecs = edges.map((edge) => ({
  ...edge,
  onlyDependOnLibsWithTags: [...edge.onlyDependOnLibsWithTags, 'type:testing', 'type:servers'],
}));

/** They use packages that `npm run bench` installs later and for itself, so their types are not there to check. */
const peers = ['bullmq*.ts', 'graphile-worker*.ts', 'langgraph.ts', 'worker.main.ts'].map((name) => `test/bench/peers/${name}`);

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', 'coverage/**', 'reports/**', '**/*.cjs', '**/*.mjs', ...peers] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts'],
    plugins: { '@nx': nx },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(edges),
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off', // Ports are asynchronous, whether or not one of their implementations waits.
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Name what you export; a default export has no name to search for.' },
        {
          selector: 'ExportAllDeclaration[exported=null]',
          message: 'Name what you export, so that the rest stays free to change.',
        },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts', 'libs/testing/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(inSpecs), '@typescript-eslint/unbound-method': 'off' },
  },
  prettier,
);
