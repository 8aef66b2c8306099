--[[
  Deletes every key of Gantry, as if Redis had been wiped: what it holds is of another history of the record.

  KEYS[1] any key   ARGV[1] the pattern of all keys
  Returns: how many there were.
]]
local count, cursor = 0, '0'
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do count = count + redis.call('UNLINK', key) end
until cursor == '0'
return count
