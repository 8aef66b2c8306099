/** What Redis says of the data a command or script speaks of, and not of its own condition. */
const OF_DATA = /^(WRONGTYPE|ERR (?!max number of clients))/;

/** Whether Redis refused this for what it holds, so that it would refuse it again: a key of the wrong type, for one. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && OF_DATA.test(error.message);
}

/** What it comes to, or something else where Redis refuses it for what it holds. */
export async function unlessRefused<Value, Other>(
  asking: Promise<Value>,
  otherwise: () => Other,
): Promise<Value | Awaited<Other>> {
  try {
    return await asking;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return await otherwise();
  }
}
