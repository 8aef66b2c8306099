--[[
  Puts a job back that is taken, or makes one that is put back due at another instant. By the clock of Redis: that of whoever
  had the job may be wrong, and others look for what is due.

  KEYS[1] BullMQ's active list   KEYS[2] its delayed set (score: instant in ms * 2^12)   KEYS[3] its marker
  KEYS[4] the job   KEYS[5] its lock
  ARGV[1] its id   ARGV[2] the token of its lock   ARGV[3] due in so many ms

  Returns: 1, or 0 for a job that is gone or another's by now.
]]
if redis.call('ZSCORE', KEYS[2], ARGV[1]) == false then
  if redis.call('GET', KEYS[5]) ~= ARGV[2] or redis.call('EXISTS', KEYS[4]) == 0 then return 0 end
  redis.call('DEL', KEYS[5])
  redis.call('LREM', KEYS[1], -1, ARGV[1])
end
local time = redis.call('TIME')
local dueAt = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]
redis.call('HSET', KEYS[4], 'delay', ARGV[3])
redis.call('ZADD', KEYS[2], string.format('%.0f', dueAt * 4096), ARGV[1])
-- Whoever waits for a job is told when the first of them is due.
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
redis.call('ZADD', KEYS[3], string.format('%.0f', math.floor(first[2] / 4096)), '1')
return 1
