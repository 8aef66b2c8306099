import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { ContentError, contentTooLarge } from './content-store.ts';

/** Bytes on their way into a store: counted, hashed, refused beyond a limit. To be iterated once. */
export class MeasuredBytes implements AsyncIterable<Uint8Array> {
  readonly #content: Uint8Array | AsyncIterable<Uint8Array>;
  readonly #maxBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #hash = createHash('sha256');
  #size = 0;
  /** What ended them early: an error of their source, not of the store. */
  failure: unknown;

  constructor(content: Uint8Array | AsyncIterable<Uint8Array>, maxBytes: number, signal?: AbortSignal) {
    this.#content = content;
    this.#maxBytes = maxBytes;
    this.#signal = signal;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    try {
      for await (const chunk of this.#content instanceof Uint8Array ? [this.#content] : this.#content) {
        this.#signal?.throwIfAborted();
        this.#size += chunk.byteLength;
        if (this.#size > this.#maxBytes) throw contentTooLarge(this.#maxBytes);
        this.#hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /** Of all bytes, once they have gone by. */
  sum(): { size: number; sha256: string } {
    return { size: this.#size, sha256: this.#hash.digest('hex') };
  }
}

/** @throws ContentError CONTENT_CORRUPT when the bytes are not those that were written */
export function checkBytes(bytes: Uint8Array, sha256: string, ref: string): void {
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw corrupt(ref);
}

/** The same bytes; ends with CONTENT_CORRUPT instead when they were not those that were written. */
export function checkedStream(bytes: Readable, sha256: string, ref: string): Readable {
  const hash = createHash('sha256');
  const checked = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      done(hash.digest('hex') === sha256 ? null : corrupt(ref));
    },
  });
  // Whoever reads sees the error.
  return pipeline(bytes, checked, () => {});
}

function corrupt(ref: string): ContentError {
  return new ContentError('CONTENT_CORRUPT', `contentRef: the bytes of ${ref} are not those that were written`);
}
