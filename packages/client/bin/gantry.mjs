#!/usr/bin/env node
// The command runs its TypeScript directly, which older versions of Node answer with a syntax error.
const [major] = process.versions.node.split('.').map(Number);
if (major === undefined || major < 24) {
  console.error(`gantry needs Node 24 or newer and found ${process.version}.
Inside the repository run it as "npx gantry": the project brings its own Node 24 ("npm ci" installs it).`);
  process.exit(1);
}
await import('../src/cli/main.ts');
