--[[
  Opens an execution: gives the permission to run it and reports that it was planned.

  KEYS[1] the execution's hash   KEYS[2] journal   KEYS[3] runtimes   KEYS[4] term
  ARGV[1] epoch   ARGV[2] the fact `planned`   ARGV[3] leader's term   ARGV[4...] the runtimes of its slices, in order

  The hash: epoch, open (1 or 0), slice, runtime (of that slice), leased (1 or 0), lease (token), attempt (of the slice),
  lost (leases that ended without a report), step (next to run), stepAttempt, stepFailures, stepCrashes (those of its
  failures that took its thread down), output, outputRef, outputId.

  Returns: opened | exists (this planning was opened before) | closed (cancelled, or done) | stale (a newer planning) |
  deposed (a newer leader's planner is at work).
]]
local term = tonumber(redis.call('GET', KEYS[4]) or '0')
if tonumber(ARGV[3]) < term then return 'deposed' end

local state = redis.call('HMGET', KEYS[1], 'epoch', 'open')
if state[1] then
  if state[2] == '0' then return 'closed' end
  local epoch = tonumber(state[1])
  if epoch == tonumber(ARGV[1]) then return 'exists' end
  if epoch > tonumber(ARGV[1]) then return 'stale' end
end

local plan = cjson.decode(ARGV[2])
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'open', '1', 'slice', '0', 'runtime', ARGV[4], 'leased', '0',
  'attempt', '0', 'lost', '0', 'step', plan.slices[1].firstStep, 'stepAttempt', '0',
  'stepFailures', '0', 'stepCrashes', '0')
redis.call('XADD', KEYS[2], '*', 'fact', ARGV[2])
redis.call('SADD', KEYS[3], unpack(ARGV, 4))
return 'opened'
