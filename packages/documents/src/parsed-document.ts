import type { TextLine } from './text-lines.ts';

/** What was read from a document of whatever kind. */
export interface ParsedDocument {
  /** All that the document has; some may not have been read. */
  pageCount: number;
  text: string;
  /** False when no page that was read has any text: a scan, for example. */
  hasText: boolean;
  pages: ParsedPage[];
  metadata: DocumentMetadata;
  attachments: Attachment[];
  warnings: DocumentWarning[];
}

export interface ParsedPage {
  number: number;
  /** In points, as the page is shown (its rotation applied). */
  width: number;
  height: number;
  hasText: boolean;
  text: string;
  lines: TextLine[];
}

export type DocumentMetadata = Record<
  'title' | 'author' | 'subject' | 'creator' | 'producer' | 'createdAt' | 'modifiedAt',
  string | null
>;

export const NO_METADATA: DocumentMetadata = {
  title: null,
  author: null,
  subject: null,
  creator: null,
  producer: null,
  createdAt: null,
  modifiedAt: null,
};

/** A file inside of the document. */
export interface Attachment {
  name: string;
  bytes: number;
  /** Of an XML file, such as an electronic invoice; null for others and for large ones. */
  text: string | null;
}

/** What a reader of the output should know: something could not be read, or is not there. */
export interface DocumentWarning {
  code: string;
  message: string;
  /** The pages it is about; empty when it is about the whole document. */
  pages: number[];
}
