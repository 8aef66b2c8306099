import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { ContentError } from './content-store.ts';

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
