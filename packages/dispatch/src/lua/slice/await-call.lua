--[[
  The endpoint of a step answers later: gives the lease up. The slice is not leased again before that, or before the time
  is over, and this lease counts as none.

  execution id, epoch, lease token, now (ms)

  Returns: lost | stopped (closed in the meantime, reported) | answered (it was faster: keep the lease) | ok.
]]
function operations.awaitCall(key, executionId, epoch, token, now)
  local lease = leaseOf(key, epoch, token)
  if lease == 'lost' then return 'lost' end
  if lease == 'closed' then return stop(key, executionId, epoch, now) end
  if redis.call('HEXISTS', key, 'callAnswer') == 1 then return 'answered' end
  redis.call('HSET', key, 'callWaits', '1', 'leased', '0', 'lease', '')
  redis.call('HINCRBY', key, 'lost', -1)
  redis.call('HINCRBY', key, 'stepAttempt', -1)
  return 'ok'
end
