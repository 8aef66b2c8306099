--[[
  Reports that an attempt of a step failed and another one follows, here and now or after a longer wait.

  KEYS[1] the execution's hash   KEYS[2] journal
  ARGV[1] execution id   ARGV[2] epoch   ARGV[3] lease token   ARGV[4] the fact `step-retrying`   ARGV[5] now (ms)
  ARGV[6] 1: keep the lease and run the next attempt in this slot; 0: give it up, the job is delayed
  ARGV[7] 1: the attempt took its thread down; 0: it did not

  Returns: lost | stopped | ok, as finish-step.
]]
local state = redis.call('HMGET', KEYS[1], 'epoch', 'lease', 'open')
if state[1] ~= ARGV[2] or state[2] ~= ARGV[3] then return 'lost' end
redis.call('XADD', KEYS[2], '*', 'fact', ARGV[4])
redis.call('HINCRBY', KEYS[1], 'stepFailures', 1)
if ARGV[7] == '1' then redis.call('HINCRBY', KEYS[1], 'stepCrashes', 1) end

if state[3] ~= '1' then
  redis.call('HSET', KEYS[1], 'leased', '0', 'lease', '')
  redis.call('XADD', KEYS[2], '*', 'fact', cjson.encode({
    kind = 'stopped', executionId = ARGV[1], epoch = tonumber(ARGV[2]), at = tonumber(ARGV[5]) }))
  return 'stopped'
end
if ARGV[6] == '1' then
  redis.call('HINCRBY', KEYS[1], 'stepAttempt', 1)
else
  redis.call('HSET', KEYS[1], 'leased', '0', 'lease', '')
  redis.call('HINCRBY', KEYS[1], 'lost', -1)
end
return 'ok'
