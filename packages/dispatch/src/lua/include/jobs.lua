--[[
  Queues of BullMQ. queue: its prioritized set (score: priority * 2^32 + counter), its counter, its marker, its meta, and
  what the keys of its jobs begin with.
]]

--- Fails if one of its keys is of another type, before anything is written.
local function checkQueue(queue)
  redis.call('ZCARD', queue[1])
  if not tonumber(redis.call('GET', queue[2]) or '0') then error('WRONGTYPE the counter of a queue is no number') end
  redis.call('ZCARD', queue[3])
  redis.call('HLEN', queue[4])
end

--- Adds jobs in order, all with a priority: as BullMQ would one by one. One that is there is left as it is.
--- args, from first on: of each job its id, name, priority, data (JSON); now in ms.
local function addJobs(queue, now, args, first)
  local count = (#args - first + 1) / 4
  local counter = redis.call('INCRBY', queue[2], count) - count
  for at = first, #args, 4 do
    local id, name, priority, data = unpack(args, at, at + 3)
    local key = queue[5] .. id
    counter = counter + 1
    if redis.call('EXISTS', key) == 0 then
      redis.call('HSET', key, 'name', name, 'data', data, 'opts', '{"priority":' .. priority .. ',"attempts":0}',
        'timestamp', now, 'delay', '0', 'priority', priority)
      redis.call('ZADD', queue[1], priority * 0x100000000 + counter % 0x100000000, id)
    end
  end
  if redis.call('HEXISTS', queue[4], 'paused') == 0 then redis.call('ZADD', queue[3], 0, '0') end
end
