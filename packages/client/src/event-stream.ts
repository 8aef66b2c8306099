/** One server-sent event: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface ServerSentEvent {
  /** `message` unless the server says otherwise. */
  event: string;
  data: string;
}

export interface StreamPosition {
  /** What to send as Last-Event-ID to go on from here. */
  lastEventId?: string;
  /** How long the server wants clients to wait before they connect again. */
  retryMs?: number;
}

/** The events of an answer, as they come. `position` is kept up to date, by comments too. */
export async function* readEvents(
  body: AsyncIterable<Uint8Array>,
  position: StreamPosition,
): AsyncGenerator<ServerSentEvent> {
  let event = 'message';
  let data: string[] = [];
  let id: string | undefined;
  for await (const line of readLines(body)) {
    const { name, value } = readField(line);
    if (line === '') {
      // Only now: an event that was cut off is to come again.
      if (id !== undefined) position.lastEventId = id;
      if (data.length > 0) yield { event, data: data.join('\n') };
      event = 'message';
      data = [];
    } else if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id') id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) position.retryMs = Number(value);
  }
}

function readField(line: string): { name: string; value: string } {
  const colon = line.indexOf(':');
  if (colon === -1) return { name: line, value: '' };
  return { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') };
}

async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
