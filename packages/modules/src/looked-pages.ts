import type { ScannedPage } from '@gantry/documents/ocr/read-scan';
import type { ModuleInput } from '@gantry/module-sdk/define-module';

type Step = Pick<ModuleInput<unknown>, 'checkpoint' | 'keepCheckpoint' | 'content' | 'logger'>;

/** A page as it is kept, and where the one before it is: however many there are, the checkpoint is one reference. */
interface KeptPage {
  page: ScannedPage;
  before: string | null;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** The pages that the attempts of a step have looked at: they are kept one by one, for the attempt after this one. */
export class LookedPages {
  readonly #step: Step;
  readonly #pages = new Map<number, ScannedPage>();
  #last: string | null;

  private constructor(step: Step) {
    this.#step = step;
    this.#last = lastOf(step.checkpoint);
  }

  /** Of an attempt that begins: what those before it have kept, as far as it is still there. */
  static async open(step: Step): Promise<LookedPages> {
    const looked = new LookedPages(step);
    let ref = looked.#last;
    while (ref !== null) {
      const kept = await looked.#read(ref);
      if (kept !== undefined) looked.#pages.set(kept.page.number, kept.page);
      ref = kept?.before ?? null;
    }
    const pages = looked.#pages.size;
    if (pages > 0) step.logger.info('Pages that an attempt before has looked at are taken over', { pages });
    return looked;
  }

  get pages(): ReadonlyMap<number, ScannedPage> {
    return this.#pages;
  }

  async keep(page: ScannedPage): Promise<void> {
    const kept: KeptPage = { page, before: this.#last };
    const about = { contentType: 'application/json', temporary: true };
    this.#last = await this.#step.content.write(Buffer.from(JSON.stringify(kept)), about);
    this.#step.keepCheckpoint({ pages: this.#last });
  }

  async #read(ref: string): Promise<KeptPage | undefined> {
    try {
      const bytes = await this.#step.content.read(ref, { maxBytes: MAX_BYTES });
      return JSON.parse(Buffer.from(bytes).toString());
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'CONTENT_NOT_FOUND') return undefined;
      throw error;
    }
  }
}

function lastOf(checkpoint: Step['checkpoint']): string | null {
  const kept = typeof checkpoint === 'object' && checkpoint !== null && !Array.isArray(checkpoint) ? checkpoint : {};
  return typeof kept['pages'] === 'string' ? kept['pages'] : null;
}
