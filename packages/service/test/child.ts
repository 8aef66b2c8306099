import { stopWithParent } from '../src/stop-with-parent.ts';

// A process that says when it runs and what stops it: what stop-with-parent.test.ts starts through a parent.
const keepAlive = setInterval(() => undefined, 1_000);
process.once('SIGTERM', () => {
  console.log('stopped by SIGTERM');
  clearInterval(keepAlive);
});
stopWithParent();
console.log('running');
