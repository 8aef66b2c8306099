import type { ContentCredentials, ContentPlace, ContentStores } from './content-store.ts';
import { createFolderContentStore } from './folder-content-store.ts';
import { createS3ContentStore } from './s3-content-store.ts';

/**
 * The store at a place.
 * @param credentials of an S3 server, asked again once they have expired; default: what the environment has for clients of AWS
 */
export function openContents(place: ContentPlace, credentials?: () => Promise<ContentCredentials>): ContentStores {
  return place.kind === 'folder'
    ? createFolderContentStore(place.folder)
    : createS3ContentStore(place, { credentials });
}
