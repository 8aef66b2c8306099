--[[
  Appends changes of executions to the stream that those who watch read, and forgets the oldest.

  KEYS[1] changes
  ARGV[1] how many to keep, about   ARGV[2] 1: changes before these may be missing, say so first; 0: none are
  ARGV[3...] the changes (JSON), in order
]]
if ARGV[2] == '1' then redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'missing', '1') end
for index = 3, #ARGV do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'change', ARGV[index])
end
