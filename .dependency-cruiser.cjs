// Who may import whom (ARCHITECTURE.md draws it): domain <- contracts <- record | dispatch | runners | contents <- apps.
// What is not listed is forbidden.
const MAY_IMPORT = {
  'packages/domain': [],
  'packages/contracts': ['packages/domain'],
  'packages/record': ['packages/contracts', 'packages/domain'],
  'packages/dispatch': ['packages/contracts', 'packages/domain'],
  // What authors of modules import, and what built-in modules are made of: no engine in either.
  'packages/module-sdk': ['packages/(contracts|domain)'],
  'packages/documents': [],
  'packages/contents': ['packages/domain'],
  // Published modules as files.
  'packages/bundles': ['packages/contents'],
  // Requests to addresses that users chose.
  'packages/outbound': [],
  'packages/modules': ['packages/(documents|module-sdk|outbound)'],
  'packages/runners': ['packages/(bundles|contents|contracts|documents|domain|module-sdk|modules|outbound)'],
  'packages/service': ['packages/contracts', 'packages/domain', 'packages/outbound'],
  'packages/local-servers': [],
  // What people and programs outside have of the project.
  'packages/client': ['packages/(authoring|contracts)'],
  // Modules are made and tried on the machine of whoever writes them, without any server.
  'packages/authoring': ['packages/(bundles|contents|contracts|domain|module-sdk|outbound|runners)'],
  'packages/testkit': ['packages/local-servers'],
  'apps/api': ['packages/(bundles|domain|contracts|record|dispatch|runners|contents|outbound|service)'],
  'apps/scheduler': ['packages/(domain|contracts|record|dispatch|outbound|service)'],
  // Module code runs here: no access to the record, not even by accident.
  'apps/worker': ['packages/(bundles|domain|contracts|dispatch|runners|contents|module-sdk|outbound|service)'],
  // The pages people see: what they know of Gantry is its wire.
  'apps/console': ['packages/(client|contracts)'],
  // A client of the api that starts processes; it knows the wire and nothing behind it.
  'apps/launcher': ['packages/(domain|contracts|service|local-servers)'],
  // Measures lists on a record that it fills itself.
  bench: ['packages/(client|contracts|documents|domain|local-servers|module-sdk|record|service)', 'apps/launcher'],
  // Breaks whole systems and looks at them as their clients do.
  chaos: ['packages/(client|contracts|domain|local-servers|module-sdk|testkit)', 'apps/launcher'],
  // The documents list the settings of the apps.
  scripts: ['packages/(domain|contracts|testkit|local-servers)', 'apps/(api|scheduler|worker|launcher)/src'],
  examples: ['packages/(client|contracts|module-sdk)'],
};

/** What the tests of a folder need besides, and the testkit. */
const TESTS_MAY_IMPORT = {
  'packages/client': ['apps/launcher/src/system.ts$'],
  'apps/console': ['packages/bundles/', 'apps/launcher/src/system.ts$'],
  // The extractor reads the sample invoices; README.md lists the settings of every app.
  'apps/launcher': ['packages/(contents|runners|documents)/', 'apps/(api|scheduler|worker)/src/env.ts$'],
};

const CODE = '^(apps|packages|bench|chaos|scripts|examples)/';
const TESTS = '(\\.test\\.ts$|/test/)';

/** What domain may use: libraries that compute and do no I/O. */
const PURE_LIBRARIES = '^node_modules/(zod|croner|@marcbachmann/cel-js)/';

const layers = Object.entries(MAY_IMPORT).flatMap(([folder, allowed]) => {
  const own = `^${folder}/`;
  const targets = [own, ...allowed.map((path) => `^${path}/`)];
  const forTests = ['packages/testkit/', ...(TESTS_MAY_IMPORT[folder] ?? [])].map((path) => `^${path}`);
  const comment = `${folder} may import ${allowed.join(', ') || 'no other folder'}`;
  return [
    {
      name: `layers: ${folder}`,
      comment,
      severity: 'error',
      from: { path: own, pathNot: TESTS },
      to: { path: CODE, pathNot: targets },
    },
    {
      name: `layers: tests of ${folder}`,
      comment: `${comment}, and its tests ${forTests.join(', ')}`,
      severity: 'error',
      from: { path: `${own}.*${TESTS}` },
      to: { path: CODE, pathNot: [...targets, ...forTests] },
    },
  ];
});

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'every folder has its line',
      comment: 'A new package or app is added to MAY_IMPORT first.',
      severity: 'error',
      from: { path: CODE, pathNot: Object.keys(MAY_IMPORT).map((folder) => `^${folder}/`) },
      to: {},
    },
    {
      name: 'domain is pure',
      comment: 'Domain uses libraries that compute, and nothing that does I/O.',
      severity: 'error',
      from: { path: '^packages/domain/', pathNot: TESTS },
      to: { path: '.', pathNot: ['^packages/domain/', PURE_LIBRARIES] },
    },
    {
      name: 'packages by their name',
      comment: 'Another package is imported as @gantry/<name>/<file>, so that package.json declares it.',
      severity: 'error',
      from: { path: '^((?:apps|packages)/[^/]+|bench|chaos|examples)/' },
      to: { path: CODE, pathNot: '^$1/', dependencyTypesNot: ['aliased-workspace'] },
    },
    {
      name: 'servers in adapters',
      comment: 'What speaks to Postgres and Redis is in record and dispatch; tests break them by hand.',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: [TESTS, '^packages/(record|dispatch|testkit)/'] },
      to: { path: '^node_modules/(kysely|pg|ioredis|bullmq)/' },
    },
    {
      name: 'no cycles',
      comment: 'Two files that import each other, if only for a type, are one concept or need a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no orphans',
      comment: 'Nothing imports the file and it imports nothing.',
      severity: 'error',
      from: { orphan: true, pathNot: [TESTS, '^scripts/', '/bin/', '/templates/'] },
      to: {},
    },
    {
      name: 'tests are not imported',
      comment: 'The bench measures what tests ask, on what they have made.',
      severity: 'error',
      from: { pathNot: [TESTS, '^bench/'] },
      to: { path: TESTS },
    },
    {
      name: 'no devDependencies in production',
      comment: 'A production install would not have it.',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: [TESTS, '^packages/testkit/'] },
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'only declared dependencies',
      comment: 'The package.json of the folder lists what its files import; module files find zod wherever they lie.',
      severity: 'error',
      from: { pathNot: '^examples/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'every import resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What was built and packed is nobody's source; the peers of the bench are installed apart, or not at all.
    exclude: { path: '^((apps|packages)/[^/]+/dist|bench/peers)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Type-only imports count.
    tsPreCompilationDeps: true,
    // What the root package.json lists (the test runner, types) is there for every folder.
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
