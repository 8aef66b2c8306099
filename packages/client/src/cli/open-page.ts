import { spawn } from 'node:child_process';
import type { GantryClient } from '../gantry-client.ts';
import { GantryError } from '../gantry-error.ts';

/**
 * The address of the console's page of an execution, a document family or an assistant.
 * @throws GantryError NOT_FOUND when it is the id of none of them
 */
export async function findPage(client: GantryClient, id: string): Promise<string> {
  const kinds = [
    { folder: 'executions', of: client.executions },
    { folder: 'documents', of: client.documentFamilies },
    { folder: 'assistants', of: client.assistants },
  ];
  for (const { folder, of } of kinds) {
    const found = await of.get(id).catch((error: unknown) => {
      if (error instanceof GantryError && error.status === 404) return undefined;
      throw error;
    });
    if (found !== undefined) return new URL(`/${folder}/${encodeURIComponent(id)}`, client.url).href;
  }
  throw new GantryError('NOT_FOUND', `There is no execution, document or assistant ${id}.`, { status: 404 });
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'open', linux: 'xdg-open' };

/** Asks the desktop to show a page, where somebody sits at one; the address has been printed in any case. */
export function openInBrowser(address: string): void {
  const opener = OPENERS[process.platform];
  if (opener === undefined || !process.stdout.isTTY) return;
  spawn(opener, [address], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
