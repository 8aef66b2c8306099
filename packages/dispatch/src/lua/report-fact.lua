--[[
  Reports what a step tells while it runs (progress, log entries, status messages), as long as the lease holds.

  KEYS[1] the execution's hash   KEYS[2] journal
  ARGV[1] epoch   ARGV[2] lease token   ARGV[3] the fact

  Returns: lost | ok.
]]
local state = redis.call('HMGET', KEYS[1], 'epoch', 'lease')
if state[1] ~= ARGV[1] or state[2] ~= ARGV[2] then return 'lost' end
redis.call('XADD', KEYS[2], '*', 'fact', ARGV[3])
return 'ok'
