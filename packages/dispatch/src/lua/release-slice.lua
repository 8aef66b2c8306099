--[[
  Hands a slice back unfinished (the worker stops): the next lease does not count this one as lost.

  KEYS[1] the execution's hash   KEYS[2] journal
  ARGV[1] execution id   ARGV[2] epoch   ARGV[3] lease token   ARGV[4] now (ms)

  Returns: lost | stopped (closed in the meantime, reported) | ok.
]]
local state = redis.call('HMGET', KEYS[1], 'epoch', 'lease', 'open')
if state[1] ~= ARGV[2] or state[2] ~= ARGV[3] then return 'lost' end
redis.call('HSET', KEYS[1], 'leased', '0', 'lease', '')
redis.call('HINCRBY', KEYS[1], 'lost', -1)
if state[3] == '1' then return 'ok' end
redis.call('XADD', KEYS[2], '*', 'fact', cjson.encode({
  kind = 'stopped', executionId = ARGV[1], epoch = tonumber(ARGV[2]), at = tonumber(ARGV[4]) }))
return 'stopped'
