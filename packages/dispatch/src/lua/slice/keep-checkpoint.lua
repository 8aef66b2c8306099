--[[
  Keeps how far a step came, for its next attempt, as long as the lease holds.

  epoch, lease token, step, the checkpoint (JSON)

  Returns: lost | ok.
]]
function operations.keepCheckpoint(key, epoch, token, step, checkpoint)
  if leaseOf(key, epoch, token) == 'lost' then return 'lost' end
  redis.call('HSET', key, 'checkpointStep', step, 'checkpoint', checkpoint)
  return 'ok'
end
