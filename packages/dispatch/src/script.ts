import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

export type Script = (redis: Redis, keys: string[], args: (string | number)[]) => Promise<unknown>;

/**
 * Redis at its maxmemory refuses the first command of a script that could take memory, unless the script has written
 * something before: it must not stop half-way. So this deletes a key that is not there. (The flag `allow-oom` does the
 * same, from Redis 7 on.)
 */
export function runWhenFull(lua: string): string {
  return `redis.call('DEL', KEYS[1] .. ':none')\n${lua}`;
}

interface ScriptOptions {
  /** Whether a Redis that is full runs it all the same: what moves work on does, or the memory would never be free again. */
  whenFull: boolean;
}

const LUA = new URL('./lua/', import.meta.url);
const INCLUDE = /^--- @include (.+)$/gm;

/** A file of lua/ with the files it includes in the place of `--- @include <name>`. */
function readLua(name: string): string {
  const text = readFileSync(new URL(`${name}.lua`, LUA), 'utf8');
  return text.replaceAll(INCLUDE, (_, included: string) => readLua(included));
}

/** A Lua file of lua/, sent by its hash; in full only when Redis does not know it (it was restarted). */
export function loadScript(name: string, { whenFull }: ScriptOptions): Script {
  const text = readLua(name);
  const lua = whenFull ? runWhenFull(text) : text;
  const sha = createHash('sha1').update(lua).digest('hex');
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(lua, keys.length, ...keys, ...args);
    }
  };
}
