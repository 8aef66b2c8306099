/** A label of a document family, in characters. */
export const MAX_LABEL = 200;
