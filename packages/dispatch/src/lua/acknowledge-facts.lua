--[[
  Forgets entries of the journal that are in the record. Not a transaction of commands: a Redis that is full refuses those.

  KEYS[1] journal
  ARGV[1] consumer group   ARGV[2...] ids of entries
]]
for first = 2, #ARGV, 1000 do
  local last = math.min(first + 999, #ARGV)
  redis.call('XACK', KEYS[1], ARGV[1], unpack(ARGV, first, last))
  redis.call('XDEL', KEYS[1], unpack(ARGV, first, last))
end
