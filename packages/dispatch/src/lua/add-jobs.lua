--[[
  Adds jobs to a queue in order, all with a priority: as BullMQ would one by one. One that is there is left as it is.

  KEYS[1] BullMQ's prioritized set (score: priority * 2^32 + counter)   KEYS[2] its counter   KEYS[3] its marker   KEYS[4] its meta
  ARGV[1] what the keys of jobs begin with   ARGV[2] now (ms)   ARGV[3...] of each job: id, name, priority, data (JSON)
]]
local counter = redis.call('INCRBY', KEYS[2], (#ARGV - 2) / 4) - (#ARGV - 2) / 4
for at = 3, #ARGV, 4 do
  local id, name, priority, data = unpack(ARGV, at, at + 3)
  local key = ARGV[1] .. id
  counter = counter + 1
  if redis.call('EXISTS', key) == 0 then
    redis.call('HSET', key, 'name', name, 'data', data, 'opts', '{"priority":' .. priority .. ',"attempts":0}',
      'timestamp', ARGV[2], 'delay', '0', 'priority', priority)
    redis.call('ZADD', KEYS[1], priority * 0x100000000 + counter % 0x100000000, id)
  end
end
if redis.call('HEXISTS', KEYS[4], 'paused') == 0 then redis.call('ZADD', KEYS[3], 0, '0') end
