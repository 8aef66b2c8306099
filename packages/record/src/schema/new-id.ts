import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const ID_BYTES = 16;
/** The library asks for random bytes for each id, which costs more than all else; a batch needs hundreds of ids. */
const pool = new Uint8Array(ID_BYTES * 256);
let used = pool.length;
let last = { msecs: 0, seq: 0 };

/** An id (UUID, version 7). Those of one process sort in the order in which they were made. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + ID_BYTES);
  used += ID_BYTES;
  last = following(last, Date.now(), random);
  return v7({ random, ...last });
}

/** Within a millisecond, and while the clock is behind, ids are counted; the count begins low, so that it has room. */
function following({ msecs, seq }: typeof last, now: number, [a = 0, b = 0, c = 0]: Uint8Array): typeof last {
  if (now > msecs) return { msecs: now, seq: (a << 16) | (b << 8) | c };
  return seq === 0xff_ff_ff_ff ? { msecs: msecs + 1, seq: 0 } : { msecs, seq: seq + 1 };
}
