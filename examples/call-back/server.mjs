// A step that runs elsewhere and answers later. With `OUTBOUND_ALLOW=127.0.0.1 npm start` running (the endpoint is here):
//
//   npx gantry module dev examples/call-back --once --project sample --input '{"customer": "ACME", "amount": 1250}'

import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

const LIMIT = 2_000;

/** Here a second; it may be a day: the step takes no place of a worker meanwhile. */
async function checkCredit({ customer, amount }) {
  await delay(1_000);
  return { customer, amount, granted: amount <= LIMIT };
}

const server = createServer(async (request, response) => {
  const { step } = await json(request);
  response.writeHead(202).end();
  const output = await checkCredit(step.previousOutput);
  await fetch(step.callBack, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'succeeded', output }),
  });
});

server.listen(4127, '127.0.0.1');
