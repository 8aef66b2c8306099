import { AsyncLocalStorage } from 'node:async_hooks';
import { registerHooks } from 'node:module';
import { DocumentError } from '../document-error.ts';

/*
 * A few kilobytes of a PDF can stand for gigabytes: streams are compressed, several times over. The PDF library inflates
 * into byte arrays of its own, outside of the heap and its limit, and knows no limit itself. So it is loaded with a
 * `Uint8Array` that counts, and nothing else is: the global one stays as it is.
 */

/** Bytes that one piece of work, such as reading a page, may make the library allocate. */
const BUDGET_BYTES = 256 * 1024 * 1024;

interface InflationBudget {
  used: number;
  exceeded: boolean;
}

const budgets = new AsyncLocalStorage<InflationBudget>();

/** Runs `work`, and gives the bytes it used besides. Throws PDF_INFLATES_TOO_FAR, whatever the library made of that. */
export async function withinBudget<Result>(work: () => Promise<Result>): Promise<{ result: Result; used: number }> {
  const budget: InflationBudget = { used: 0, exceeded: false };
  const settled = await budgets.run(budget, () => Promise.allSettled([work()]));
  if (budget.exceeded) {
    const message = 'The PDF inflates to far more than a document needs; it is not read';
    throw new DocumentError('PDF_INFLATES_TOO_FAR', message);
  }
  const [outcome] = settled;
  if (outcome.status === 'rejected') throw outcome.reason;
  return { result: outcome.value, used: budget.used };
}

function charge(budget: InflationBudget, bytes: number): void {
  budget.used += bytes;
  if (budget.used <= BUDGET_BYTES) return;
  budget.exceeded = true;
  throw new RangeError('the PDF inflates too far');
}

const CountedBytes: Uint8ArrayConstructor = new Proxy(Uint8Array, {
  construct(target, given, newTarget): Uint8Array {
    const [source] = given;
    const budget = budgets.getStore();
    if (budget !== undefined && !(source instanceof ArrayBuffer)) {
      charge(budget, typeof source === 'number' ? source : (source?.length ?? 0));
    }
    return Reflect.construct(target, given, newTarget === CountedBytes ? target : newTarget);
  },
});

class CountedDecompressionStream {
  readonly writable: DecompressionStream['writable'];
  readonly readable: ReadableStream<Uint8Array>;

  constructor(format: ConstructorParameters<typeof DecompressionStream>[0]) {
    // The calls of a stream are not those of whoever made it.
    const budget = budgets.getStore();
    const inflating = new DecompressionStream(format);
    const counting = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (budget !== undefined) charge(budget, chunk.byteLength);
        controller.enqueue(chunk);
      },
    });
    this.writable = inflating.writable;
    this.readable = inflating.readable.pipeThrough(counting);
  }
}

const HANDED_OVER = Symbol.for('gantry.counted');
const LIBRARY = /\/unpdf\/dist\/pdfjs\.mjs$/;
const PRELUDE = `const { Uint8Array, DecompressionStream } = globalThis[Symbol.for('${HANDED_OVER.description}')];`;

let ready = false;

/** Has the PDF library count its bytes; to be called before it is imported. */
export function countBytesOfLibrary(): void {
  if (ready) return;
  ready = true;
  const counted = { Uint8Array: CountedBytes, DecompressionStream: CountedDecompressionStream };
  Object.defineProperty(globalThis, HANDED_OVER, { value: counted });
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!LIBRARY.test(url)) return loaded;
      return { ...loaded, source: PRELUDE + textOf(loaded.source ?? '') };
    },
  });
}

function textOf(source: string | ArrayBuffer | NodeJS.TypedArray): string {
  return typeof source === 'string' ? source : new TextDecoder().decode(source);
}
