--[[
  Takes what an endpoint says of a step that waits for it, or soon will. Once: the token is used up then, but the same
  answer may come again, as whoever sent it may not have heard that it came.

  KEYS[1] the execution's hash
  ARGV[1] epoch   ARGV[2] token   ARGV[3] the answer (JSON)

  Returns: {'unknown'} (never given, or nothing waits for it any more) | {'answered'} (otherwise, before)
  | {'taken', runtime, slice}: the job of that slice is due.
]]
local state = redis.call('HMGET', KEYS[1], 'epoch', 'open', 'call', 'callAnswer', 'runtime', 'slice')
if state[1] ~= ARGV[1] or state[2] ~= '1' or state[3] ~= ARGV[2] then return { 'unknown' } end
if state[4] and state[4] ~= ARGV[3] then return { 'answered' } end
redis.call('HSET', KEYS[1], 'callAnswer', ARGV[3])
return { 'taken', state[5], tonumber(state[6]) }
