import { emittedEventSchema } from '@gantry/contracts/emitted-event';
import type { JsonObject } from '@gantry/domain/json';
import { LIMITS } from '@gantry/domain/limits';
import { cleanText, toJsonText } from './json-text.ts';
import { ModuleError } from './module-error.ts';

/** The events of one attempt of a step, checked and bounded as they are emitted. */
export class EmittedEvents {
  #count = 0;
  #bytes = 0;

  /**
   * @returns the event as plain data
   * @throws ModuleError EVENT_INVALID, EVENT_NOT_JSON, EVENT_TOO_LARGE, TOO_MANY_EVENTS
   */
  accept(event: unknown): JsonObject {
    this.#count++;
    if (this.#count > LIMITS.emittedEventsPerStep) {
      throw new ModuleError('TOO_MANY_EVENTS', `emit: more than ${LIMITS.emittedEventsPerStep} events in one step`);
    }
    const text = toJsonText(event, 'event', LIMITS.eventBytes);
    this.#bytes += Buffer.byteLength(text);
    if (this.#bytes > LIMITS.emittedBytesPerStep) {
      const limit = `${LIMITS.emittedBytesPerStep / 1_024} KiB`;
      throw new ModuleError('TOO_MANY_EVENTS', `emit: more than ${limit} of events in one step`);
    }
    const plain: JsonObject = JSON.parse(text);
    const parsed = emittedEventSchema.safeParse(plain);
    if (parsed.success) return plain;
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'event'}: ${message}`);
    throw new ModuleError('EVENT_INVALID', cleanText(`emit: ${problems.join('; ')}`, 1_000));
  }
}
