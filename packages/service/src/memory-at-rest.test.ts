import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';

/** Lets go of something twice, each time after a while of work, and says when its memory was given back. */
const LETS_GO = `
  import { giveMemoryBackAtRest } from '${new URL('./memory-at-rest.ts', import.meta.url)}';
  giveMemoryBackAtRest(100);
  const given = new FinalizationRegistry((what) => process.send(what));
  const letGo = (what) => given.register({}, what);
  const work = () => { for (const end = performance.now() + 50; performance.now() < end; ); };
  letGo('of the start');
  process.on('message', () => { letGo('of a load'); work(); });`;

test('what a start, and then a load, has left behind is given back when it has gone by', async () => {
  const app = fork('data:text/javascript,', {
    execArgv: ['--expose-gc', '--input-type=module', '--eval', LETS_GO],
  });
  onTestFinished(() => void app.kill());
  expect(await once(app, 'message')).toEqual(['of the start', undefined]);
  app.send('work');
  expect(await once(app, 'message')).toEqual(['of a load', undefined]);
});
