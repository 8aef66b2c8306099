--[[
  Looks whether jobs wait, and takes away the mark that says so where none does: whoever waits for one would be woken by it.

  KEYS[1] BullMQ's prioritized set   KEYS[2] its wait list   KEYS[3] its marker

  Returns: 1 if some wait, else 0.
]]
if redis.call('ZCARD', KEYS[1]) > 0 or redis.call('EXISTS', KEYS[2]) == 1 then return 1 end
redis.call('ZREM', KEYS[3], '0')
return 0
