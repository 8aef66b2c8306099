import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ContentStores } from '@gantry/contents/content-store';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { checkContent } from '@gantry/module-sdk/told';
import type { ProgramQuestion } from './program-messages.ts';
import type { StepRequest } from './step-result.ts';
import type { StepReport, StepTask } from './step-runner.ts';

/** The step that a program runs while it asks. */
export interface AskingStep {
  request: StepRequest;
  secrets: StepTask['secrets'];
  /** Of this step, within that of the program. */
  folder: string;
  tell: (report: StepReport) => void;
  /** Ends what is read or written for it. */
  stopped: AbortController;
}

/**
 * What a program is answered: the text of a secret, the path of a content that was read into the step's folder, or the
 * ref of one that was written.
 * @param programFolder what lies elsewhere is not the step's to give away
 * @throws ModuleError ARGUMENT_INVALID, and the codes of secrets and of the content store
 */
export async function findAnswer(
  question: ProgramQuestion,
  { request, secrets, folder, tell, stopped: { signal } }: AskingStep,
  contents: ContentStores,
  programFolder: string,
): Promise<unknown> {
  const content = contents.forOrganization(request.organizationId);
  switch (question.what) {
    case 'secret':
      return secrets.get(question.name);
    case 'read-content': {
      const path = join(folder, randomBytes(8).toString('hex'));
      await pipeline(await content.openRead(String(question.ref)), createWriteStream(path), { signal });
      return { path };
    }
    case 'write-content': {
      const { path, contentType, name, temporary } = question;
      const about = name ? { contentType, name } : { contentType };
      await using file = await open(await ownPath(String(path), programFolder));
      const bytes = file.createReadStream({ autoClose: false });
      checkContent(bytes, about);
      const stored = await content.write(bytes, about, { signal });
      if (temporary !== true) tell({ kind: 'content', content: { ...stored, contentType, name: name ?? null } });
      return stored.ref;
    }
    default:
      throw new ModuleError('ARGUMENT_INVALID', 'ask: expected secret, read-content or write-content');
  }
}

/** Links are followed first. */
async function ownPath(path: string, programFolder: string): Promise<string> {
  const found = await realpath(path).catch(() => '');
  if (found.startsWith(programFolder + sep)) return found;
  throw new ModuleError('ARGUMENT_INVALID', `content.write: there is no file ${path} in the folder of the step`);
}
