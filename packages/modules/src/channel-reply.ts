import { defineModule } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import { z } from 'zod';
import { messageOptions, sendMessage } from './signed-message.ts';

const textSchema = z.union([z.string().min(1), z.object({ text: z.string().min(1) }).transform(({ text }) => text)]);

export default (outboundAllow: readonly string[]) =>
  defineModule({
    ref: 'gantry/channel-reply',
    nonBlocking: true,
    name: 'Channel reply',
    description:
      'Answers the message that the execution is about: sends { type, channelId, inReplyTo, text } to the address of the channel, signed; gives the text.',
    options: z.object({
      ...messageOptions,
      text: z
        .string()
        .min(1)
        .max(20_000)
        .optional()
        .describe('The answer; absent: the output of the step before, a text or an object with one'),
    }),
    async infer(step) {
      const { options, context, previousOutput } = step;
      const { channelId, messageId } = context;
      if (typeof channelId !== 'string') {
        throw new ModuleError(
          'CHANNEL_MISSING',
          'context.channelId: the execution is not about a message of a channel',
        );
      }
      const given = textSchema.safeParse(options.text ?? previousOutput);
      if (!given.success) {
        throw new ModuleError('TEXT_MISSING', 'text: neither given nor the output of the step before');
      }
      const text = given.data;
      const inReplyTo = messageId ?? null;
      const { status } = await sendMessage(outboundAllow, step, { type: 'channel.reply', channelId, inReplyTo, text });
      return { text, channelId, inReplyTo, status };
    },
  });
