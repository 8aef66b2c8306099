import { LIMITS } from '@gantry/domain/limits';
import type { LogEntry } from './step-result.ts';

/** One half for the start, passed on at once; the other for the end, known once the attempt has ended. */
const HALF = { entries: LIMITS.logEntriesPerAttempt / 2, bytes: LIMITS.logBytesPerAttempt / 2 };

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

  constructor(pass: (entry: LogEntry) => void) {
    this.#pass = pass;
  }

  take(entry: LogEntry): void {
    const bytes = sizeOf(entry);
    this.#entries++;
    this.#bytes += bytes;
    if (this.#entries <= HALF.entries && this.#bytes <= HALF.bytes) this.#pass(entry);
    else this.#keep({ entry, bytes, order: this.#entries });
  }

  /** Some were lost before they came here. */
  miss(entries: number): void {
    this.#missing += entries;
  }

  /** The tail, and how many entries are missing before it. */
  end(): { missing: number; tail: LogEntry[] } {
    const kept = [...this.#grave, ...this.#plain].sort((one, other) => one.order - other.order);
    return { missing: this.#missing, tail: kept.map(({ entry }) => entry) };
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

function sizeOf({ message, fields }: LogEntry): number {
  return Buffer.byteLength(message) + (fields === undefined ? 0 : Buffer.byteLength(JSON.stringify(fields)));
}
