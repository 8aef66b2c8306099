import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export interface ScriptedServer {
  url: string;
  /** What was asked, in order. */
  requests: { method: string; url: string; headers: IncomingMessage['headers'] }[];
}

/** An HTTP server that gives these answers, one after the other, the last one for ever. It ends with the test. */
export async function scriptedServer(...answers: Answer[]): Promise<ScriptedServer> {
  const requests: ScriptedServer['requests'] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push({ method, url, headers });
    request.resume();
    answers[Math.min(requests.length, answers.length) - 1]?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

export function json(status: number, body: object, headers: Record<string, string> = {}): Answer {
  return (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function refusing(status: number, code: string, headers: Record<string, string> = {}): Answer {
  return json(status, { status, code, detail: `because ${code}`, errors: { field: 'is bad' } }, headers);
}

/** The connection breaks. */
export const hangUp: Answer = (response) => void response.destroy();
