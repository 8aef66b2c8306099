import { z } from 'zod';

export const sortInfoSchema = z.object({ empty: z.boolean(), sorted: z.boolean(), unsorted: z.boolean() });

export const pageableSchema = z.object({
  offset: z.int(),
  pageNumber: z.int(),
  pageSize: z.int(),
  paged: z.boolean(),
  unpaged: z.boolean(),
  sort: sortInfoSchema,
});

/** The envelope of every list. Pages are counted from 0 here and from 1 in requests. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({
    content: z.array(item),
    totalElements: z.int(),
    totalPages: z.int(),
    number: z.int(),
    size: z.int(),
    numberOfElements: z.int(),
    first: z.boolean(),
    last: z.boolean(),
    empty: z.boolean(),
    sort: sortInfoSchema,
    pageable: pageableSchema,
    /** For `cursor`: leads to the next page, whatever is added meanwhile. Null on the last page. */
    nextCursor: z.string().nullable(),
  });
}

export type Page<Item> = Omit<z.infer<ReturnType<typeof pageSchema>>, 'content'> & { content: Item[] };

/** @param offset how many items come before these */
export function pageOf<Item>(
  content: Item[],
  { total, offset, nextCursor }: { total: number; offset: number; nextCursor: string | null },
  { pageSize, sorted }: { pageSize: number; sorted: boolean },
): Page<Item> {
  const sort = { empty: !sorted, sorted, unsorted: !sorted };
  const pageNumber = Math.floor(offset / pageSize);
  return {
    content,
    totalElements: total,
    totalPages: Math.ceil(total / pageSize),
    number: pageNumber,
    size: pageSize,
    numberOfElements: content.length,
    first: offset === 0,
    last: nextCursor === null,
    empty: content.length === 0,
    sort,
    pageable: { offset, pageNumber, pageSize, paged: true, unpaged: false, sort },
    nextCursor,
  };
}

const MAX_PAGE_SIZE = 1_000;
const MAX_PAGE = 1_000_000_000;
const MAX_COUNT_TO = 1_000_000_000;

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

function whole(max: number) {
  const expected = `expected an integer from 1 to ${max}`;
  return z
    .string()
    .regex(/^\d{1,10}$/, expected)
    .transform(Number)
    .pipe(z.number().min(1, expected).max(max, expected))
    .meta({ type: 'integer', minimum: 1, maximum: max, pattern: undefined });
}

/** The query parameters of every list. */
export const listQuerySchema = z.object({
  page: whole(MAX_PAGE).default(1).describe('Which page, counted from 1'),
  pageSize: whole(MAX_PAGE_SIZE).default(20).describe('Items a page'),
  sort: texts.default([]).describe('`field,asc` or `field,desc`; repeatable, the first one counts first'),
  filter: texts
    .default([])
    .describe("Such as `status eq 'FAILED' and createdOn ge '2026-01-31'`; repeatable, all of them must hold"),
  cursor: z
    .string()
    .max(12_000)
    .default('')
    .describe(
      'The `nextCursor` of a page of the same list, sort and filter: goes on behind it; `page` has no meaning then',
    ),
  countTo: whole(MAX_COUNT_TO)
    .optional()
    .describe('Count no further: a `totalElements` one above it says that there are more. All are counted without it'),
  query: z.string().max(500).default('*').describe('Free text in names, descriptions and ids; `*` is everything'),
});
export type ListQuery = z.infer<typeof listQuerySchema>;
