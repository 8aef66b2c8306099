--[[
  What a script reports goes to the journal when it ends, as one entry: `facts`, a JSON array, in order.
]]
local facts = {}

local function tell(fact) facts[#facts + 1] = fact end

--- Nothing of the execution runs any more.
local function tellStopped(executionId, epoch, now)
  tell(cjson.encode({ kind = 'stopped', executionId = executionId, epoch = tonumber(epoch), at = tonumber(now) }))
end

local function writeFacts(journal)
  if #facts > 0 then redis.call('XADD', journal, '*', 'facts', '[' .. table.concat(facts, ',') .. ']') end
end
