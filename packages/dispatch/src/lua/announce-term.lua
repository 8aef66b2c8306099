--[[
  Makes a leader's planner the only one that may open executions. Two leaders may announce themselves in any order, when
  Redis comes back after both were elected without it: the newer one stays.

  KEYS[1] term
  ARGV[1] the leader's term
]]
local term = tonumber(redis.call('GET', KEYS[1]) or '0')
if tonumber(ARGV[1]) > term then redis.call('SET', KEYS[1], ARGV[1]) end
return redis.status_reply('OK')
