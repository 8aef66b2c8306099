--[[
  Puts a job back that is taken, or makes one that is put back due at another instant; one that is gone or another's by now is
  left. By the clock of Redis: that of whoever had the job may be wrong, and others look for what is due.

  KEYS[1] BullMQ's active list   KEYS[2] its delayed set (score: instant in ms * 2^12)   KEYS[3] its marker   KEYS[4] the job
  ARGV[1] its id   ARGV[2] the token of its lock   ARGV[3] due in so many ms
]]
--- @include include/held-jobs
local isPutBack = redis.call('ZSCORE', KEYS[2], ARGV[1])
if redis.call('EXISTS', KEYS[4]) == 0 then return end
if not isPutBack and not letGo(KEYS[1], KEYS[4], ARGV[1], ARGV[2]) then return end
local time = redis.call('TIME')
local dueAt = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]
redis.call('HSET', KEYS[4], 'delay', ARGV[3])
redis.call('ZADD', KEYS[2], string.format('%.0f', dueAt * 4096), ARGV[1])
-- Whoever waits for a job is told when the first of them is due.
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
redis.call('ZADD', KEYS[3], string.format('%.0f', math.floor(first[2] / 4096)), '1')
