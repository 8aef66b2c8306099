--[[
  Appends facts to the journal.

  KEYS[1] journal
  ARGV the facts (JSON), in order
]]
for index = 1, #ARGV do
  redis.call('XADD', KEYS[1], '*', 'fact', ARGV[index])
end
