import type { Problem } from '@gantry/contracts/http/problem';

/*
 * The events of a stream as they are written (https://html.spec.whatwg.org/multipage/server-sent-events.html). Data is
 * JSON on one line.
 */

/** Clients that lose the stream connect again after this long. */
export const RETRY_FRAME = 'retry: 2000\n\n';

/** @param data JSON */
export function changeFrame(id: string | undefined, data: string): string {
  return `${idLine(id)}data: ${data}\n\n`;
}

/** A client that connects again after this wants no more of the stream. */
export const END_ID = 'end';

/** The last of a stream of one execution: nothing more comes. @param data JSON of how it ended */
export function finishedFrame(data: string): string {
  return `event: finished\nid: ${END_ID}\ndata: ${data}\n\n`;
}

/** Changes may have been missed: the client is to read again what it watches. */
export function resetFrame(id: string | undefined): string {
  const message = 'Changes before this may be missing: read again what you watch.';
  return `event: reset\n${idLine(id)}data: ${JSON.stringify({ message })}\n\n`;
}

/** The last of a stream that is ended because of an error. */
export function errorFrame(problem: Problem): string {
  return `event: error\ndata: ${JSON.stringify(problem)}\n\n`;
}

/** No event: shows that the stream is alive, and up to where the client need not look again. */
export function heartbeatFrame(id: string | undefined): string {
  return `: alive\n${idLine(id)}\n`;
}

function idLine(id: string | undefined): string {
  return id === undefined ? '' : `id: ${id}\n`;
}
