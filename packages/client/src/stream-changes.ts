import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import { delay } from './delay.ts';
import { readEvents, type StreamPosition } from './event-stream.ts';
import { GantryError, refusal } from './gantry-error.ts';
import type { CallOptions, Transport } from './transport.ts';

/** The api shows every 15 s that it is there. */
const SILENCE_MS = 45_000;

/** How long a stream that was open may be gone before that is an error. */
const PATIENCE_MS = 60_000;

const RECONNECT_MS = 2_000;

/**
 * Every change on a stream of the api, which is opened again where it broke off, until the api says that nothing more
 * comes. `reset`: changes before this may be missing.
 * @throws GantryError when the stream cannot be opened, or not again
 */
export async function* streamChanges(
  transport: Transport,
  path: string,
  { signal }: CallOptions,
): AsyncGenerator<ExecutionChange | 'reset'> {
  const position: StreamPosition = {};
  let goneAtMs: number | undefined;
  let opened = false;
  for (;;) {
    try {
      for await (const { event, data } of openStream(transport, path, position, signal)) {
        goneAtMs = undefined;
        opened = true;
        if (event === 'message') yield JSON.parse(data);
        else if (event === 'reset') yield 'reset';
        else if (event === 'finished') return;
        else if (event === 'error') throw refusal(JSON.parse(data).status, data, path);
      }
    } catch (error) {
      signal?.throwIfAborted();
      goneAtMs ??= performance.now();
      if (!opened || !isPassing(error) || performance.now() - goneAtMs > PATIENCE_MS) throw error;
    }
    await delay(position.retryMs ?? RECONNECT_MS, signal);
  }
}

/** One connection, until the api ends it, it breaks or falls silent, or nobody reads on. */
async function* openStream(
  transport: Transport,
  path: string,
  position: StreamPosition,
  signal: AbortSignal | undefined,
) {
  const closing = new AbortController();
  let alarm: ReturnType<typeof setTimeout> | undefined;
  const alive = () => {
    clearTimeout(alarm);
    alarm = setTimeout(() => closing.abort(new GantryError('NO_ANSWER', `${path} fell silent.`)), SILENCE_MS);
  };
  try {
    alive();
    const { body } = await transport.send({
      path,
      headers: {
        accept: 'text/event-stream',
        ...(position.lastEventId === undefined ? {} : { 'last-event-id': position.lastEventId }),
      },
      signal: signal ? AbortSignal.any([signal, closing.signal]) : closing.signal,
      timeoutMs: 0,
      attempts: 1,
    });
    if (body !== null) yield* readEvents(watched(body, alive), position);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof GantryError ? error : new GantryError('NO_ANSWER', `${path} broke off.`, { cause: error });
  } finally {
    clearTimeout(alarm);
    closing.abort();
  }
}

/** By a reader: not every browser can iterate over a stream. */
async function* watched(body: ReadableStream<Uint8Array>, onChunk: () => void): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onChunk();
    yield value;
  }
}

/** Worth another try: nobody answered, or there was no room, or the client was too slow. */
function isPassing(error: unknown): boolean {
  return error instanceof GantryError && (error.code === 'NO_ANSWER' || [429, 503].includes(error.status));
}
