--[[
  Reports a step's outcome and, in the same moment, moves the checkpoint behind it.

  KEYS[1] the execution's hash   KEYS[2] journal
  ARGV[1] execution id   ARGV[2] epoch   ARGV[3] lease token   ARGV[4] the fact `step-finished`   ARGV[5] now (ms)
  ARGV[6] what comes next: step (of this slice) | slice (the next one) | end (of the execution)
  ARGV[7] next step   ARGV[8] runtime of the next slice
  ARGV[9] to ARGV[11] what the next step works on: output (JSON), outputRef, outputId

  Returns: lost (the lease is another's: nothing was written) | stopped (closed in the meantime: run nothing more) | ok.
]]
local state = redis.call('HMGET', KEYS[1], 'epoch', 'lease', 'open')
if state[1] ~= ARGV[2] or state[2] ~= ARGV[3] then return 'lost' end
redis.call('XADD', KEYS[2], '*', 'fact', ARGV[4])

if state[3] ~= '1' then
  redis.call('HSET', KEYS[1], 'leased', '0', 'lease', '')
  redis.call('XADD', KEYS[2], '*', 'fact', cjson.encode({
    kind = 'stopped', executionId = ARGV[1], epoch = tonumber(ARGV[2]), at = tonumber(ARGV[5]) }))
  return 'stopped'
end
if ARGV[6] == 'end' then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'open', '0', 'leased', '0', 'done', '1')
  return 'ok'
end
redis.call('HSET', KEYS[1], 'step', ARGV[7], 'stepFailures', '0', 'stepCrashes', '0',
  'output', ARGV[9], 'outputRef', ARGV[10], 'outputId', ARGV[11])
if ARGV[6] == 'slice' then
  redis.call('HINCRBY', KEYS[1], 'slice', 1)
  redis.call('HSET', KEYS[1], 'runtime', ARGV[8], 'leased', '0', 'lease', '', 'attempt', '0', 'lost', '0', 'stepAttempt', '0')
else
  redis.call('HSET', KEYS[1], 'stepAttempt', '1')
end
return 'ok'
