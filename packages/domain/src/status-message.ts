/** What an execution says that it is doing. */
export const STATUS_MESSAGE_TYPES = [
  'THINKING',
  'SEARCHING',
  'PLANNING',
  'REVIEWING',
  'PROCESSING',
  'ANALYZING',
  'WRITING',
  'WAITING',
] as const;

export type StatusMessageType = (typeof STATUS_MESSAGE_TYPES)[number];

/** Of each execution the newest are kept. */
export const STATUS_MESSAGES_KEPT = 10;

/** In characters. */
export const MAX_STATUS_TITLE = 200;
export const MAX_STATUS_SUBTITLE = 1_000;
