import type { Readable } from 'node:stream';

/** Calls `onLine` with each line of a stream of UTF-8; `onTooLong` once, and nothing more, when one is too long. */
export function readLines(
  stream: Readable,
  maxCharacters: number,
  onLine: (line: string) => void,
  onTooLong: () => void,
): void {
  let parts: string[] = [];
  let characters = 0;
  let over = false;
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    let from = 0;
    for (let at = chunk.indexOf('\n'); at >= 0 && !over; at = chunk.indexOf('\n', from)) {
      const rest = chunk.slice(from, at);
      const line = parts.length === 0 ? rest : parts.join('') + rest;
      parts = [];
      characters = 0;
      from = at + 1;
      onLine(line);
    }
    if (from === chunk.length || over) return;
    parts.push(from === 0 ? chunk : chunk.slice(from));
    characters += chunk.length - from;
    if (characters <= maxCharacters) return;
    over = true;
    parts = [];
    onTooLong();
  });
}
