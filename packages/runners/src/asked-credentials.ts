import { type ContentCredentials, contentUnavailable } from '@gantry/contents/content-store';
import type { CredentialsGiven } from './process-messages.ts';

/** What a module process asks its worker for when it first reads or writes a content that is not in a folder. */
export class AskedCredentials {
  readonly #ask: () => void;
  #asked: PromiseWithResolvers<ContentCredentials> | undefined;

  constructor(ask: () => void) {
    this.#ask = ask;
  }

  get(): Promise<ContentCredentials> {
    if (this.#asked === undefined) {
      this.#asked = Promise.withResolvers();
      this.#ask();
    }
    return this.#asked.promise;
  }

  take(given: CredentialsGiven): void {
    const asked = this.#asked;
    this.#asked = undefined;
    if ('credentials' in given && given.credentials !== null) asked?.resolve(given.credentials);
    else asked?.reject(contentUnavailable('error' in given ? given.error.message : 'there are no credentials'));
  }
}
