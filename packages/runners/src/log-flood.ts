import { LIMITS } from '@gantry/domain/limits';
import type { HeldLog, LogEntry } from './step-result.ts';

/** One half for the start, passed on at once; the other for the end, known once the attempt has ended. */
const HALF = { entries: LIMITS.logEntriesPerAttempt / 2, bytes: LIMITS.logBytesPerAttempt / 2 };

/** While entries are held back, what is held is told so often, with so many of the newest. */
const TELL_EVERY_MS = 1_000;
export const HELD_SHOWN = 20;

/** The clock of the machine: modules may replace the one of the realm they run in. */
const ticks = performance.now.bind(performance);

interface Kept {
  entry: LogEntry;
  bytes: number;
  order: number;
}

/** Bounds the log of an attempt: its head and its tail are kept, and of the tail warnings and errors first. */
export class LogFlood {
  readonly #pass: (entry: LogEntry) => void;
  #entries = 0;
  #bytes = 0;
  /** Oldest first, both. */
  readonly #grave: Kept[] = [];
  readonly #plain: Kept[] = [];
  #tailBytes = 0;
  #missing = 0;
  readonly #tell: (held: HeldLog) => void;
  /** What is held where the entries come from, until they come. */
  #below: HeldLog | undefined;
  #toldAt: number | undefined;
  #told = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(pass: (entry: LogEntry) => void, tell: (held: HeldLog) => void) {
    this.#pass = pass;
    this.#tell = tell;
  }

  take(entry: LogEntry): void {
    const bytes = sizeOf(entry);
    this.#entries++;
    this.#bytes += bytes;
    if (this.#entries <= HALF.entries && this.#bytes <= HALF.bytes) this.#pass(entry);
    else {
      this.#keep({ entry, bytes, order: this.#entries });
      this.#tellSoon();
    }
  }

  /** Some were lost before they came here. */
  miss(entries: number): void {
    this.#missing += entries;
    this.#below = undefined;
  }

  /** Some are held back before they come here. */
  hold(held: HeldLog): void {
    this.#below = held;
    this.#tellSoon();
  }

  /** The tail, and how many entries are missing before it; none of a gap that is not to be told of. */
  end(): { missing: number | null; tail: LogEntry[] } {
    clearTimeout(this.#timer);
    // What was held below and never came was lost with whoever held it: what was told of it is all there is.
    const closes = this.#told && this.#below === undefined;
    const tail = inOrder([...this.#grave, ...this.#plain]);
    return { missing: this.#missing > 0 || closes ? this.#missing : null, tail };
  }

  #tellSoon(): void {
    this.#toldAt ??= ticks();
    if (ticks() - this.#toldAt >= TELL_EVERY_MS) this.#tellHeld();
    else this.#timer ??= setTimeout(() => this.#tellHeld(), TELL_EVERY_MS).unref();
  }

  #tellHeld(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldAt = ticks();
    this.#told = true;
    const newest = inOrder([...this.#grave.slice(-HELD_SHOWN), ...this.#plain.slice(-HELD_SHOWN)]).slice(-HELD_SHOWN);
    const entries = this.#missing + this.#grave.length + this.#plain.length;
    this.#tell(this.#below ?? { entries, newest });
  }

  #keep(kept: Kept): void {
    const { level } = kept.entry;
    (level === 'warn' || level === 'error' ? this.#grave : this.#plain).push(kept);
    this.#tailBytes += kept.bytes;
    while (this.#grave.length + this.#plain.length > HALF.entries || this.#tailBytes > HALF.bytes) {
      const dropped = this.#plain.shift() ?? this.#grave.shift();
      this.#tailBytes -= dropped?.bytes ?? 0;
      this.#missing++;
    }
  }
}

function inOrder(kept: Kept[]): LogEntry[] {
  return kept.sort((one, other) => one.order - other.order).map(({ entry }) => entry);
}

function sizeOf({ message, fields }: LogEntry): number {
  return Buffer.byteLength(message) + (fields === undefined ? 0 : Buffer.byteLength(JSON.stringify(fields)));
}
