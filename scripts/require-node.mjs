// Gantry runs its TypeScript directly, which needs the Node that the `node` package pins. npm scripts find it on
// their PATH; they do not when its install script was blocked (--ignore-scripts), so say that instead of a syntax error.
const [major] = process.versions.node.split('.').map(Number);
if (major === undefined || major < 24) {
  console.error(`Gantry needs Node 24 or newer and found ${process.version}.
Run it through npm ("npm ci", then "npm start"): the project brings its own Node 24.
If you did, the install script of the "node" package was blocked; allow it and run "npm ci" again.`);
  process.exit(1);
}
