import type { Page } from '@gantry/contracts/http/page';
import type { CallOptions, Transport } from '../transport.ts';

/** Which items of a list, and in which order. */
export interface ListOptions extends CallOptions {
  /** Such as `status eq 'FAILED'`; of several, all must hold. */
  filter?: string | readonly string[] | undefined;
  /** Such as `createdOn,desc`; of several, the first counts first. */
  sort?: string | readonly string[] | undefined;
  /** Counted from 1. */
  page?: number | undefined;
  pageSize?: number | undefined;
  /** Free text in names, descriptions and ids. */
  query?: string | undefined;
  /** `nextCursor` of a page that was read before: goes on right after it, however deep. */
  cursor?: string | undefined;
  /** Count no further: a `totalElements` one above it says that there are more. Of a large list that takes a part of the time. */
  countTo?: number | undefined;
}

const LARGEST_PAGE = 1_000;

/** Things of the api that can be listed. */
export class List<Item> {
  protected readonly transport: Transport;
  protected readonly path: string;

  constructor(transport: Transport, path: string) {
    this.transport = transport;
    this.path = path;
  }

  /** One page. */
  list({ signal, ...query }: ListOptions = {}): Promise<Page<Item>> {
    return this.transport.json({ path: this.path, query, signal });
  }

  /** All of them, a page at a time as they are asked for; none is skipped or repeated while others are added. */
  async *iterate(options: Omit<ListOptions, 'page'> = {}): AsyncGenerator<Item> {
    let cursor: string | null | undefined = options.cursor;
    while (cursor !== null) {
      const page: Page<Item> = await this.list({ pageSize: LARGEST_PAGE, ...options, cursor });
      yield* page.content;
      cursor = page.nextCursor;
    }
  }

  protected pathOf(id: string): string {
    return `${this.path}/${encodeURIComponent(id)}`;
  }
}

/** Things that can be read one by one, too. */
export class ReadableCollection<Item> extends List<Item> {
  get(id: string, { signal }: CallOptions = {}): Promise<Item> {
    return this.transport.json({ path: this.pathOf(id), signal });
  }
}

/** Things that clients make and change. */
export class Collection<Item, Input, Update> extends ReadableCollection<Item> {
  create(input: Input, { signal }: CallOptions = {}): Promise<Item> {
    return this.transport.json({ method: 'POST', path: this.path, body: input, signal });
  }

  /** What is left out stays as it is. With `changeSequence` it is refused if somebody else changed it since. */
  update(id: string, update: Update, { signal }: CallOptions = {}): Promise<Item> {
    return this.transport.json({ method: 'PUT', path: this.pathOf(id), body: update, signal });
  }

  async delete(id: string, { signal }: CallOptions = {}): Promise<void> {
    await this.transport.json({ method: 'DELETE', path: this.pathOf(id), signal });
  }
}
