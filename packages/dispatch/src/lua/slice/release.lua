--[[
  Hands a slice back unfinished (the worker stops): the next lease does not count this one as lost.

  execution id, epoch, lease token, now (ms)

  Returns: lost | stopped (closed in the meantime, reported) | ok.
]]
function operations.release(key, executionId, epoch, token, now)
  local lease = leaseOf(key, epoch, token)
  if lease == 'lost' then return 'lost' end
  redis.call('HINCRBY', key, 'lost', -1)
  if lease == 'closed' then return stop(key, executionId, epoch, now) end
  redis.call('HSET', key, 'leased', '0', 'lease', '')
  return 'ok'
end
