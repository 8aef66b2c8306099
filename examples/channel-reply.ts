// Answers the messages of a channel. With `OUTBOUND_ALLOW=127.0.0.1 npm start` running (what takes the answer is here):
//
//   npx node examples/channel-reply.ts ["Where is my order?"]

import { startMessageTaker } from './message-taker.ts';
import { SampleGantry } from './sample-gantry.ts';

using chat = await startMessageTaker();
const gantry = await SampleGantry.open();
const { id: assistantId } = await gantry.apply({
  name: 'Auto-reply',
  subscription: 'CHANNEL_MESSAGE_CREATED',
  options: {
    pipeline: {
      steps: [
        {
          ref: 'module://gantry/json-transform',
          name: 'write',
          options: { expression: '{"text": "We have your message: " & $context.text & " You will hear from us."}' },
        },
        { ref: 'module://gantry/channel-reply', name: 'reply', options: { url: chat.url } },
      ],
    },
  },
});

const [, , text = 'Where is my order?'] = process.argv;
const { executions } = await gantry.client.events.send({
  eventType: 'CHANNEL_MESSAGE_CREATED',
  projectId: gantry.projectId,
  channelId: 'support',
  messageId: `m${Date.now()}`,
  data: { text },
});
for (const execution of executions.filter((each) => each.assistantId === assistantId)) await gantry.finished(execution);
