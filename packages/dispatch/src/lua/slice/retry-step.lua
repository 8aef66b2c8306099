--[[
  Reports that an attempt of a step failed and another one follows, here and now or after a longer wait.

  execution id, epoch, lease token, the fact `step-retrying`, now (ms),
  1: keep the lease and run the next attempt in this slot, 0: give it up, the job is delayed,
  1: the attempt took its thread down, 0: it did not

  Returns: lost | stopped | ok, as finish-steps.
]]
function operations.retryStep(key, executionId, epoch, token, fact, now, keep, crashed)
  local lease = leaseOf(key, epoch, token)
  if lease == 'lost' then return 'lost' end
  tell(fact)
  redis.call('HINCRBY', key, 'stepFailures', 1)
  if crashed == '1' then redis.call('HINCRBY', key, 'stepCrashes', 1) end

  if lease == 'closed' then return stop(key, executionId, epoch, now) end
  forgetCall(key)
  if keep == '1' then
    redis.call('HINCRBY', key, 'stepAttempt', 1)
  else
    redis.call('HSET', key, 'leased', '0', 'lease', '')
    redis.call('HINCRBY', key, 'lost', -1)
  end
  return 'ok'
end
