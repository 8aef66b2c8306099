import { MAX_LABEL } from '@gantry/domain/label';
import { STATUS_MESSAGE_TYPES } from '@gantry/domain/status-message';
import type { StatusMessage } from './define-module.ts';
import { ModuleError } from './module-error.ts';

/*
 * What a module tells is checked where it is told, so that its author sees the line (one in JavaScript, in a worker, is
 * let off for progress and status messages, as it always was). Each throws a ModuleError
 * ARGUMENT_INVALID that names what is wrong.
 */

export function checkProgress(done: unknown, max: unknown): void {
  if (!Number.isFinite(done)) throw refused('progress', `done is ${String(done)}, expected a number`);
  if (max !== undefined && !Number.isFinite(max)) throw refused('progress', `max is ${String(max)}, expected a number`);
}

export function checkStatusMessage(message: Partial<StatusMessage> | null | undefined): void {
  if (typeof message?.title !== 'string' || message.title === '') {
    throw refused('statusMessage', 'title: expected a text');
  }
  const { subtitle, type } = message;
  if (subtitle !== undefined && typeof subtitle !== 'string')
    throw refused('statusMessage', 'subtitle: expected a text');
  if (type === undefined || !STATUS_MESSAGE_TYPES.includes(type)) {
    throw refused('statusMessage', `type: expected one of ${STATUS_MESSAGE_TYPES.join(', ')}`);
  }
}

export function checkLabel(label: unknown): void {
  if (typeof label === 'string' && label.length > 0 && label.length <= MAX_LABEL) return;
  throw refused('labels', `expected a text of 1 to ${MAX_LABEL} characters`);
}

export function checkContent(bytes: unknown, about: { contentType?: unknown; name?: unknown } | undefined): void {
  const isStream = typeof bytes === 'object' && bytes !== null && Symbol.asyncIterator in bytes;
  if (!(bytes instanceof Uint8Array) && !isStream)
    throw refused('content.write', 'expected bytes or a stream of bytes');
  if (typeof about?.contentType !== 'string' || about.contentType === '') {
    throw refused('content.write', 'contentType: expected a text such as application/pdf');
  }
  if (about.name !== undefined && typeof about.name !== 'string') {
    throw refused('content.write', 'name: expected a text');
  }
}

function refused(what: string, problem: string): ModuleError {
  return new ModuleError('ARGUMENT_INVALID', `${what}: ${problem}`);
}
