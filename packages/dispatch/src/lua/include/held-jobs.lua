--- Ends the holding of a job of BullMQ, and deletes its lock and what else is named. Whose lock is another's, or gone, is another
--- worker's by now, or soon will be.
local function letGo(active, job, id, token, ...)
  local lock = job .. ':lock'
  if redis.call('GET', lock) ~= token then return false end
  redis.call('DEL', lock, ...)
  redis.call('LREM', active, -1, id)
  return true
end
