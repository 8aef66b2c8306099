--[[
  Appends facts to the journal.

  KEYS[1] journal
  ARGV the facts (JSON), in order
]]
--- @include include/facts
for index = 1, #ARGV do tell(ARGV[index]) end
writeFacts(KEYS[1])
