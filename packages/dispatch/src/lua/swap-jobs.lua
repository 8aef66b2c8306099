--[[
  Ends jobs of a queue, gives others back and takes the next ones, all at once: what BullMQ does one by one. Takes fewer than
  wanted when few wait, so that the other slots get some, and none while there are jobs without a priority: those were taken
  back from workers that were lost, go ahead of all others, and are BullMQ's to give.

  KEYS[1] BullMQ's prioritized set   KEYS[2] its active list   KEYS[3] its wait list   KEYS[4] its marker   KEYS[5] its meta
  ARGV[1] what the keys of jobs begin with   ARGV[2] the token of their locks   ARGV[3] how long a lock lasts (ms)
  ARGV[4] how many are wanted   ARGV[5] among how many slots those that wait are shared   ARGV[6] how many are ended
  ARGV[7...] the ids of those, then of each that is given back id and score

  Returns: for each that was taken {id, score, data (JSON), timestamp (ms), how often it was taken before or false}
]]
--- @include include/held-jobs
local prefix, token, lockMs = ARGV[1], ARGV[2], ARGV[3]
local ended = tonumber(ARGV[6])

for index = 7, 6 + ended do letGo(KEYS[2], prefix .. ARGV[index], ARGV[index], token, prefix .. ARGV[index]) end
for index = 7 + ended, #ARGV, 2 do
  if letGo(KEYS[2], prefix .. ARGV[index], ARGV[index], token) then
    redis.call('ZADD', KEYS[1], ARGV[index + 1], ARGV[index])
    redis.call('ZADD', KEYS[4], 0, '0')
  end
end

local wanted = tonumber(ARGV[4])
if wanted == 0 or redis.call('EXISTS', KEYS[3]) == 1 or redis.call('HEXISTS', KEYS[5], 'paused') == 1 then return {} end
local share = math.ceil(redis.call('ZCARD', KEYS[1]) / tonumber(ARGV[5]))
local found = redis.call('ZPOPMIN', KEYS[1], math.min(wanted, share))
local taken = {}
for index = 1, #found, 2 do
  local id = found[index]
  local job = redis.call('HMGET', prefix .. id, 'data', 'timestamp', 'ats')
  if job[1] then
    redis.call('SET', prefix .. id .. ':lock', token, 'PX', lockMs)
    redis.call('LPUSH', KEYS[2], id)
    taken[#taken + 1] = { id, found[index + 1], job[1], job[2], job[3] }
  end
end
return taken
