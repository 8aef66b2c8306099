--[[
  Sets a fact aside that the record refused.

  KEYS[1] parked
  ARGV[1] the fact and the reason (JSON)   ARGV[2] how many of the newest to keep
]]
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
