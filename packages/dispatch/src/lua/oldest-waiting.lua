--[[
  When the job was added that waits longest in a queue. Within a priority the first one is the oldest, so that one look
  at each priority there is will do.

  KEYS[1] BullMQ's prioritized set (score: priority * 2^32 + counter)   KEYS[2] its wait list (taken back from workers)
  ARGV[1] what the keys of jobs begin with

  Returns: ms since 1970, or an empty string when nothing waits.
]]
local oldest = ''
local function look(id)
  local added = id and redis.call('HGET', ARGV[1] .. id, 'timestamp')
  if added and (oldest == '' or tonumber(added) < tonumber(oldest)) then oldest = added end
end
look(redis.call('LINDEX', KEYS[2], 0))
look(redis.call('LINDEX', KEYS[2], -1))
local from = '-inf'
while true do
  local first = redis.call('ZRANGEBYSCORE', KEYS[1], from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if not first[1] then return oldest end
  look(first[1])
  from = string.format('%.0f', (math.floor(first[2] / 4294967296) + 1) * 4294967296)
end
