import type { Readable } from 'node:stream';

/** What is known of stored bytes besides the bytes. */
export interface ContentAbout {
  contentType: string;
  /** A file name, as its owner knows it. */
  name?: string;
}

export interface StoredContent {
  ref: string;
  size: number;
  /** Hexadecimal. */
  sha256: string;
}

/** Counted from 0, both ends included. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Where bytes are kept: the seam between Gantry and a kind of store. `test/content-store-conformance.ts` says in tests what
 * is expected of one, and every kind passes that.
 */
export interface ContentStores {
  /** What another process needs to open the same store, its credentials apart. */
  readonly place: ContentPlace;
  /** What this process proves itself with at the moment; null where nothing is needed. */
  credentials(): Promise<ContentCredentials | null>;
  /** The store as one organization sees it; throws ORGANIZATION_ID_INVALID. */
  forOrganization(organizationId: string): ContentStore;
  /**
   * What lies in the store, of all organizations, in an order of its own: at most `limit`, from behind the ref `after` on,
   * null at first. What is being written or deleted may be among it; an empty answer is the end.
   */
  list(after: string | null, limit: number): Promise<ListedContent[]>;
  /** Removes what writers that were killed left behind and `list` does not tell, when it is older than `olderThanMs`. */
  sweepUnfinished(olderThanMs: number): Promise<void>;
}

/** A store told in JSON. */
export type ContentPlace = { kind: 'folder'; folder: string } | ({ kind: 's3' } & S3Bucket);

export interface S3Bucket {
  bucket: string;
  /** What the names of all objects begin with; may be empty. */
  prefix: string;
  region: string;
  /** Of a server that is not of AWS. */
  endpoint: string | null;
  /** The bucket is named in the path of addresses, not in their host. */
  pathStyle: boolean;
}

export interface ContentCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** In milliseconds since 1970; others are to be asked for then. */
  expiresAt?: number;
}

export interface ListedContent {
  ref: string;
  /** In bytes. */
  size: number;
  writtenAt: Date;
}

/** The content of one organization. References of another organization are CONTENT_NOT_FOUND. */
export interface ContentStore {
  /** Keeps bytes durably; throws CONTENT_TOO_LARGE beyond `maxBytes` (default: the limit of the store). */
  write(
    content: Uint8Array | AsyncIterable<Uint8Array>,
    about: ContentAbout,
    limits?: { maxBytes?: number; signal?: AbortSignal },
  ): Promise<StoredContent>;
  /** All of the bytes; throws CONTENT_TOO_LARGE beyond `maxBytes`, CONTENT_CORRUPT when they are not those written. */
  read(ref: string, limits?: { maxBytes?: number }): Promise<Uint8Array>;
  /**
   * A stream of the bytes, or of a range of them; known to exist once the promise resolves. Without a range it fails at its
   * end with CONTENT_CORRUPT when they are not those that were written.
   */
  openRead(ref: string, range?: ByteRange): Promise<Readable>;
  describe(ref: string): Promise<ContentAbout & { size: number; sha256: string }>;
  /** Deleting what is not there is no error. */
  delete(ref: string): Promise<void>;
}

export class ContentError extends Error {
  override readonly name = 'ContentError';
  /** CONTENT_UNAVAILABLE: the store is full or away; what was asked of it may work later. */
  readonly code:
    | 'CONTENT_REF_INVALID'
    | 'CONTENT_NOT_FOUND'
    | 'CONTENT_TOO_LARGE'
    | 'CONTENT_CORRUPT'
    | 'CONTENT_UNAVAILABLE'
    | 'ORGANIZATION_ID_INVALID';

  constructor(code: ContentError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Of one content, unless a write asks for less. */
export const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;

const ORGANIZATION_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const REF =
  /^content:\/\/(?<organizationId>[A-Za-z0-9][A-Za-z0-9_-]{0,63})\/(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

export function isOrganizationId(text: string): boolean {
  return ORGANIZATION_ID.test(text);
}

/** Throws ORGANIZATION_ID_INVALID: the id becomes part of references and of paths. */
export function checkOrganizationId(organizationId: string): void {
  if (!isOrganizationId(organizationId)) {
    throw new ContentError('ORGANIZATION_ID_INVALID', 'organizationId: only letters, digits, - and _ (at most 64)');
  }
}

export function formatContentRef(organizationId: string, id: string): string {
  return `content://${organizationId}/${id}`;
}

export function contentTooLarge(maxBytes: number): ContentError {
  return new ContentError('CONTENT_TOO_LARGE', `content: larger than ${maxBytes} bytes`);
}

/** The id in a reference `content://<organizationId>/<uuid>`; throws CONTENT_REF_INVALID, CONTENT_NOT_FOUND. */
export function contentIdFor(organizationId: string, ref: string): string {
  const groups = REF.exec(ref)?.groups;
  if (groups?.['id'] === undefined) {
    throw new ContentError('CONTENT_REF_INVALID', 'contentRef: not of the form content://<organizationId>/<uuid>');
  }
  if (groups['organizationId'] !== organizationId) throw contentNotFound(ref);
  return groups['id'];
}

/** Whose content a reference names; throws CONTENT_REF_INVALID. */
export function contentOwner(ref: string): string {
  const owner = REF.exec(ref)?.groups?.['organizationId'];
  if (owner !== undefined) return owner;
  throw new ContentError('CONTENT_REF_INVALID', 'contentRef: not of the form content://<organizationId>/<uuid>');
}

export function contentNotFound(ref: string): ContentError {
  return new ContentError('CONTENT_NOT_FOUND', `contentRef: nothing is stored as ${ref}`);
}

/** An error of the system behind a store: the store is full or away. */
export function contentUnavailable(cause: unknown): ContentError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ContentError('CONTENT_UNAVAILABLE', `the content store is full or away: ${why}`, { cause });
}
