import { useBlocker } from '@tanstack/react-router';
import { createContext, type ReactNode, use } from 'react';
import { type Sent, type Uploads, useUploading } from './uploads.ts';

const Context = createContext<Uploads | undefined>(undefined);

/** Around all pages: uploads go on, and can be seen, wherever one goes meanwhile. */
export function UploadsProvider({ children }: { children: ReactNode }) {
  const uploads = useUploading();
  useBlocker({ shouldBlockFn: () => false, enableBeforeUnload: () => uploads.sent.some(isPending) });
  return <Context value={uploads}>{children}</Context>;
}

export function useUploads(): Uploads {
  const uploads = use(Context);
  if (uploads === undefined) throw new Error('There is no UploadsProvider around.');
  return uploads;
}

export function isPending({ state }: Sent): boolean {
  return state === 'waiting' || state === 'sending';
}
