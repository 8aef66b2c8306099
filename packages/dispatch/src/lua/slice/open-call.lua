--[[
  Remembers, before an endpoint is called, by which token it may answer this step later, and until when it may. A step whose
  worker was lost is called again with the token that it has.

  execution id, epoch, lease token, a new token for the call, how long may be waited (ms)

  Returns: {'lost'} | {'open', token, ms left, answer (JSON) | ''}.
]]
function operations.openCall(key, executionId, epoch, token, callToken, waitMs)
  if leaseOf(key, epoch, token) == 'lost' then return { 'lost' } end
  local now = nowMs()
  if redis.call('HSETNX', key, 'call', callToken) == 1 then redis.call('HSET', key, 'callUntil', now + waitMs) end
  local call = redis.call('HMGET', key, 'call', 'callUntil', 'callAnswer')
  return { 'open', call[1], call[2] - now, call[3] or '' }
end
