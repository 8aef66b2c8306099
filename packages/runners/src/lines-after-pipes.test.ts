import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LinesAfterPipes } from './lines-after-pipes.ts';

test('each line waits until other pipes have been read once more, whenever those before it came', async () => {
  let turn = 0;
  const cameIn = new Map<string, number>();
  const waited: [string, boolean][] = [];
  const lines = new LinesAfterPipes((line) => waited.push([line, turn > (cameIn.get(line) ?? turn)]));
  for (; turn < 8; turn += 1) {
    for (const line of turn < 4 ? [`${turn}, first`, `${turn}, second`] : []) {
      cameIn.set(line, turn);
      lines.add(line);
    }
    await nextTurn();
  }
  expect(waited).toEqual([...cameIn.keys()].map((line) => [line, true]));
});

test('what has come is handed on at once when nothing else will', () => {
  const handedOn: string[] = [];
  const lines = new LinesAfterPipes((line) => handedOn.push(line));
  lines.add('first');
  lines.add('second');
  lines.end();
  expect(handedOn).toEqual(['first', 'second']);
});
