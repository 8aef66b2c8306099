import { logFields } from '@gantry/module-sdk/log-fields';

/** A message as text, whatever was given as one: what is no text is written as JSON, not as `[object Object]`. */
export function inWords(said: unknown): string {
  return typeof said === 'object' && said !== null ? JSON.stringify(logFields(said)) : String(said);
}
