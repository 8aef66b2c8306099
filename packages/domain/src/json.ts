/** Any value JSON can say: outputs, options and contexts are this and nothing more. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };
