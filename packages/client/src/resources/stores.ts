import type { DocumentFamily } from '@gantry/contracts/http/document-family';
import type { Store, StoreInput } from '@gantry/contracts/http/store';
import type { CallOptions } from '../transport.ts';
import { List } from './collection.ts';

export interface UploadOptions extends CallOptions {
  /** Name of the file, and path of the document if none is given. */
  fileName?: string | undefined;
  path?: string | undefined;
  labels?: readonly string[] | undefined;
  metadata?: Readonly<Record<string, unknown>> | undefined;
  /** Not needed once the store belongs to one project. */
  projectId?: string | undefined;
}

/** A large file on a slow line takes its time. */
const UPLOAD_LIMIT_MS = 600_000;

export class Stores extends List<Store> {
  create(input: StoreInput, { signal }: CallOptions = {}): Promise<Store> {
    return this.transport.json({ method: 'POST', path: this.path, body: input, signal });
  }

  /**
   * Keeps a file as a document of the store, or as a new version of the one at that path.
   * @param store its id or its ref, `org/slug:version`
   */
  upload(store: string, file: Blob, options: UploadOptions = {}): Promise<DocumentFamily> {
    const { fileName, path, labels, metadata, projectId, signal } = options;
    const form = new FormData();
    for (const [name, value] of Object.entries({ path, projectId })) if (value !== undefined) form.set(name, value);
    if (labels !== undefined) form.set('labels', JSON.stringify(labels));
    if (metadata !== undefined) form.set('metadata', JSON.stringify(metadata));
    form.set('file', file, fileName ?? (file instanceof File ? file.name : 'file'));
    const uploadPath = `${this.pathOf(store)}/upload`;
    return this.transport.json({ method: 'POST', path: uploadPath, body: form, timeoutMs: UPLOAD_LIMIT_MS, signal });
  }
}
