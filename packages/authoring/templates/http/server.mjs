import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

/** Counts the words of a text, or of a document that was read. What it throws with a code is how the step fails. */
export function countWords({ options, previousOutput }) {
  const words = String(previousOutput?.text ?? previousOutput ?? '')
    .split(/\s+/)
    .filter(Boolean).length;
  if (words < options.least) throw Object.assign(new Error(`${words} words`), { code: 'TOO_FEW_WORDS' });
  return { words };
}

/** Answers line by line: what it tells while the step runs, and last how it ended. */
const server = createServer(async (request, response) => {
  const { step } = await json(request);
  const tell = (line) => response.write(`${JSON.stringify(line)}\n`);
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  try {
    const output = countWords(step);
    tell({ kind: 'log', level: 'info', message: 'Counted', fields: output });
    tell({ kind: 'succeeded', output });
  } catch ({ code = 'FAILED', message }) {
    tell({ kind: 'failed', error: { code, message } });
  }
  response.end();
});

if (import.meta.filename === process.argv[1]) server.listen(4100, '127.0.0.1');
