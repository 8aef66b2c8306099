import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvents, type StreamPosition } from './event-stream.ts';

const STREAM = [
  'retry: 1500\n\n',
  'id: 1-0\ndata: {"a":"ä€😀"}\n\n',
  ': alive\nid: 2-0\n\n',
  'event: reset\r\nid: 3-0\r\ndata: one\r\ndata:two\r\n\r\n',
  'data\n\n',
  'id: 4-0\ndata: cut o',
].join('');

async function read(chunks: Iterable<Uint8Array>) {
  const position: StreamPosition = {};
  const events = [];
  for await (const event of readEvents(ReadableStream.from(chunks), position)) events.push(event);
  return { events, position };
}

test('events are read however the stream is cut into chunks', async () => {
  const bytes = new TextEncoder().encode(STREAM);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const { events, position } = await read(at.slice(1).map((end, index) => bytes.subarray(at[index], end)));
      expect(events).toEqual([
        { event: 'message', data: '{"a":"ä€😀"}' },
        { event: 'reset', data: 'one\ntwo' },
        { event: 'message', data: '' },
      ]);
      expect(position.retryMs).toBe(1_500);
    }),
  );
});

test('the position is that of the last complete event or comment', async () => {
  const before = STREAM.slice(0, STREAM.indexOf('event: reset'));
  expect((await read([new TextEncoder().encode(before)])).position.lastEventId).toBe('2-0');
  // An event that did not come to its end was not seen.
  expect((await read([new TextEncoder().encode(STREAM)])).position.lastEventId).toBe('3-0');
});
