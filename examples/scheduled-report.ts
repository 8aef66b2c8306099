// Tells on every working day at seven how the day before went, and once right now. With
// `OUTBOUND_ALLOW=127.0.0.1 npm start` running (the report asks the api of this machine):
//
//   npx node examples/scheduled-report.ts

import { SampleGantry } from './sample-gantry.ts';

const gantry = await SampleGantry.open();
const { client, projectId, apiKey } = gantry;
await client.secrets.set('REPORT_API_KEY', apiKey, { projectId });
const { id } = await gantry.apply({
  name: 'Morning report',
  // Of events it hears none: only its schedule starts it.
  subscription: 'REPORT_WANTED',
  schedules: [{ cronExpression: '0 0 7 * * 1-5', timeZone: 'Europe/Zurich', overlap: 'skip' }],
  options: {
    pipeline: {
      steps: [
        {
          ref: 'module://gantry/http-request',
          name: 'ask',
          options: { url: `${client.url}/api/overview`, headers: { 'x-api-key': '${secrets.REPORT_API_KEY}' } },
        },
        {
          ref: 'module://gantry/json-transform',
          name: 'report',
          options: {
            expression:
              '{"report": body.last24Hours.(succeeded & " of " & created & " executions succeeded, " & failed & " failed")}',
          },
        },
      ],
    },
  },
});
await gantry.finished(await client.assistants.schedule(id));
