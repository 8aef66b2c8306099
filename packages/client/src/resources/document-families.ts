import type { DocumentFamily } from '@gantry/contracts/http/document-family';
import type { Execution } from '@gantry/contracts/http/execution';
import type { CallOptions } from '../transport.ts';
import { ReadableCollection } from './collection.ts';

export interface ReprocessOptions extends CallOptions {
  /** None: every assistant that processed the family before. */
  assistantIds?: readonly string[] | undefined;
}

export class DocumentFamilies extends ReadableCollection<DocumentFamily> {
  /**
   * The bytes of a content object, not read yet.
   * @throws GantryError CONTENT_NOT_FOUND
   */
  content(id: string, objectId: string, { signal }: CallOptions = {}): Promise<Response> {
    const path = `${this.pathOf(id)}/contents/${encodeURIComponent(objectId)}`;
    return this.transport.send({ path, timeoutMs: 0, signal });
  }

  /** Runs assistants on the family again. @returns a new execution of each; while it is open, the same one again */
  reprocess(id: string, { assistantIds = [], signal }: ReprocessOptions = {}): Promise<Execution[]> {
    const path = `${this.pathOf(id)}/reprocess`;
    return this.transport.json({ method: 'PUT', path, query: { assistantId: assistantIds }, repeatable: true, signal });
  }

  /** Gives it a label; one that it has already stays. */
  label(id: string, label: string, { signal }: CallOptions = {}): Promise<DocumentFamily> {
    return this.transport.json({ method: 'PUT', path: this.#labelPath(id, label), repeatable: true, signal });
  }

  unlabel(id: string, label: string, { signal }: CallOptions = {}): Promise<DocumentFamily> {
    return this.transport.json({ method: 'DELETE', path: this.#labelPath(id, label), repeatable: true, signal });
  }

  #labelPath(id: string, label: string): string {
    return `${this.pathOf(id)}/labels/${encodeURIComponent(label)}`;
  }
}
