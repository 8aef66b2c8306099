// A process that behaves as kept-process.test.ts asks: says when it runs, stays, and may refuse to stop or to start.
if (process.env['FAULT'] === 'refuses to start') {
  console.error('cannot start like this');
  process.exit(3);
}
process.on('SIGTERM', () => {
  if (process.env['FAULT'] !== 'ignores SIGTERM') process.exit(0);
});
setInterval(() => undefined, 1_000);
console.log('running');
