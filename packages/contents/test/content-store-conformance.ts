import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContentStores, ListedContent } from '../src/content-store.ts';

/** A store of a kind, empty, in which 1,000 bytes at most can be written at once. */
export interface OpenedStore {
  store: ContentStores;
  /** How many things lie in it, whatever they are. */
  kept: () => Promise<number>;
  /** Changes the stored bytes behind the back of the store. */
  damage: (ref: string) => Promise<void>;
  close: () => Promise<void>;
}

const hello = new TextEncoder().encode('hello');
const text = { contentType: 'text/plain', name: 'hello.txt' };

/** What is expected of every kind of content store. */
export function contentStoreConformance(kind: string, open: () => Promise<OpenedStore>): void {
  let opened: OpenedStore;
  let store: ContentStores;
  const kept = () => opened.kept();
  beforeEach(async () => {
    opened = await open();
    ({ store } = opened);
  });
  afterEach(() => opened.close());

  describe(`${kind} as a content store`, () => {
    it('gives back the bytes, their size, their hash and what was said about them', async () => {
      const content = store.forOrganization('acme');
      const stored = await content.write(hello, text);
      const sha256 = createHash('sha256').update('hello').digest('hex');
      expect(stored).toEqual({ ref: expect.stringMatching(/^content:\/\/acme\/[0-9a-f-]{36}$/), size: 5, sha256 });
      expect(new TextDecoder().decode(await content.read(stored.ref))).toBe('hello');
      expect(await content.describe(stored.ref)).toEqual({ ...text, size: 5, sha256 });
      const chunks = await (await content.openRead(stored.ref)).toArray();
      expect(Buffer.concat(chunks).toString()).toBe('hello');
      const part = await (await content.openRead(stored.ref, { start: 1, end: 2 })).toArray();
      expect(Buffer.concat(part).toString()).toBe('el');
    });

    it('keeps a stream chunk by chunk', async () => {
      const content = store.forOrganization('acme');
      const { ref, size } = await content.write(Readable.from([hello, hello]), text);
      expect(size).toBe(10);
      expect(new TextDecoder().decode(await content.read(ref))).toBe('hellohello');
    });

    it('refuses a stream beyond the limit, ends it and leaves nothing behind', async () => {
      const endless = Readable.from(
        (function* () {
          while (true) yield hello;
        })(),
      );
      await expect(store.forOrganization('acme').write(endless, text)).rejects.toMatchObject({
        code: 'CONTENT_TOO_LARGE',
        message: expect.stringContaining('1000 bytes'),
      });
      expect(endless.destroyed).toBe(true);
      expect(await kept()).toBe(0);
    });

    it('takes a smaller limit for one write, never a larger one', async () => {
      const content = store.forOrganization('acme');
      await expect(content.write(hello, text, { maxBytes: 4 })).rejects.toMatchObject({ code: 'CONTENT_TOO_LARGE' });
      await expect(content.write(new Uint8Array(1_001), text, { maxBytes: 5_000 })).rejects.toMatchObject({
        code: 'CONTENT_TOO_LARGE',
      });
      expect((await content.write(new Uint8Array(1_000), text)).size).toBe(1_000);
    });

    it('does not read more than was asked for', async () => {
      const content = store.forOrganization('acme');
      const { ref } = await content.write(hello, text);
      await expect(content.read(ref, { maxBytes: 4 })).rejects.toMatchObject({ code: 'CONTENT_TOO_LARGE' });
      expect(await content.read(ref, { maxBytes: 5 })).toHaveLength(5);
    });

    it('stops writing when it is told to, or when its source fails', async () => {
      const content = store.forOrganization('acme');
      const signal = AbortSignal.abort(new Error('cancelled'));
      await expect(content.write(Readable.from([hello]), text, { signal })).rejects.toThrow('cancelled');
      const failing = Readable.from(
        (function* () {
          yield hello;
          throw new Error('connection lost');
        })(),
      );
      await expect(content.write(failing, text)).rejects.toThrow('connection lost');
      expect(await kept()).toBe(0);
    });

    it('does not show one organization the content of another', async () => {
      const { ref } = await store.forOrganization('acme').write(hello, text);
      const other = store.forOrganization('other');
      for (const attempt of [other.read(ref), other.openRead(ref), other.describe(ref), other.delete(ref)]) {
        await expect(attempt).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
      }
      expect(await store.forOrganization('acme').read(ref)).toHaveLength(5);
    });

    it.each([
      'content://acme/../../etc/passwd',
      'content://acme/..',
      'content://../x',
      '/etc/passwd',
      'content://acme/0b7a3c1e-0000-4000-8000-00000000000z',
      'content://acme/0b7a3c1e-0000-4000-8000-000000000000\n',
      '',
    ])('refuses the reference %j', async (ref) => {
      await expect(store.forOrganization('acme').read(ref)).rejects.toMatchObject({ code: 'CONTENT_REF_INVALID' });
    });

    it.each(['', '..', 'a/b', 'a'.repeat(65), '.writing', 'é'])('refuses the organization %j', (organizationId) => {
      expect(() => store.forOrganization(organizationId)).toThrow(
        expect.objectContaining({ code: 'ORGANIZATION_ID_INVALID' }),
      );
    });

    it('deletes, and deleting again is no error', async () => {
      const content = store.forOrganization('acme');
      const { ref } = await content.write(hello, text);
      await content.delete(ref);
      await content.delete(ref);
      await expect(content.read(ref)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
      await expect(content.openRead(ref)).rejects.toMatchObject({ code: 'CONTENT_NOT_FOUND' });
      expect(await kept()).toBe(0);
    });

    it('lists what it has, a few at a time', async () => {
      const refs: string[] = [];
      for (const organizationId of ['acme', 'acme-2', 'globex', 'acme']) {
        refs.push((await store.forOrganization(organizationId).write(hello, text)).ref);
      }
      const listed: ListedContent[] = [];
      while (true) {
        const page = await store.list(listed.at(-1)?.ref ?? null, 3);
        if (page.length === 0) break;
        expect(page.length).toBeLessThanOrEqual(3);
        listed.push(...page);
      }
      expect(listed.map(({ ref }) => ref).sort()).toEqual(refs.sort());
      expect(listed.map(({ size }) => size)).toEqual([5, 5, 5, 5]);
      for (const { writtenAt } of listed) expect(Math.abs(Date.now() - writtenAt.getTime())).toBeLessThan(600_000);
    });

    it('does not give out bytes that are not those written', async () => {
      const content = store.forOrganization('acme');
      const { ref } = await content.write(hello, text);
      await opened.damage(ref);
      await expect(content.read(ref)).rejects.toMatchObject({ code: 'CONTENT_CORRUPT' });
      const stream = await content.openRead(ref);
      await expect(stream.toArray()).rejects.toMatchObject({ code: 'CONTENT_CORRUPT' });
    });
  });
}
