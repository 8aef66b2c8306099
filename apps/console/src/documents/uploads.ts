import { GantryClient } from '@gantry/client/gantry-client';
import { useRef, useState } from 'react';
import { queries } from '../api.ts';
import { fetchWithProgress } from './fetch-with-progress.ts';

/** So many are under way at a time. */
const AT_ONCE = 3;

/** A file, and how far its upload is. */
export interface Sent {
  number: number;
  name: string;
  size: number;
  /** That have gone out. */
  bytes: number;
  state: 'waiting' | 'sending' | 'done' | 'failed';
  familyId?: string;
  /** Why it failed. */
  problem?: string | undefined;
}

interface Waiting {
  number: number;
  store: string;
  file: File;
}

export type Uploads = ReturnType<typeof useUploading>;

/** Uploads files, a few at a time; one that fails does not hold up the others. */
export function useUploading() {
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const waiting = useRef<Waiting[]>([]);
  const sending = useRef(0);
  const failed = useRef(new Map<number, Waiting>());
  const next = useRef(0);

  const change = (number: number, to: Partial<Sent>) =>
    setSent((files) => files.map((file) => (file.number === number ? { ...file, ...to } : file)));

  const send = async (given: Waiting) => {
    const { number, store, file } = given;
    change(number, { state: 'sending' });
    try {
      const sender = new GantryClient({ url: '', fetch: fetchWithProgress((bytes) => change(number, { bytes })) });
      const family = await sender.stores.upload(store, file, { path: file.name });
      change(number, { state: 'done', familyId: family.id });
    } catch (error) {
      failed.current.set(number, given);
      change(number, { state: 'failed', problem: error instanceof Error ? error.message : String(error) });
    }
  };

  const work = async () => {
    sending.current += 1;
    for (let file = waiting.current.shift(); file !== undefined; file = waiting.current.shift()) await send(file);
    sending.current -= 1;
    if (sending.current === 0) await queries.invalidateQueries({ queryKey: ['families'] });
  };

  const begin = (files: readonly Waiting[]) => {
    waiting.current.push(...files);
    for (let free = AT_ONCE - sending.current; free > 0; free -= 1) void work();
  };

  const add = (store: string, files: readonly File[]) => {
    const added = files.map((file): Waiting => {
      next.current += 1;
      return { number: next.current, store, file };
    });
    setSent((before) => [
      ...before,
      ...added.map(
        ({ number, file }): Sent => ({ number, name: file.name, size: file.size, bytes: 0, state: 'waiting' }),
      ),
    ]);
    begin(added);
  };

  const again = (number: number) => {
    const file = failed.current.get(number);
    if (file === undefined) return;
    failed.current.delete(number);
    change(number, { state: 'waiting', bytes: 0, problem: undefined });
    begin([file]);
  };

  const clear = () => {
    failed.current.clear();
    setSent([]);
  };

  return { sent, add, again, clear };
}
