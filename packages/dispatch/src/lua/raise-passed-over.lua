--[[
  Puts jobs to the front of a queue that have been passed over for too long: of those that are less urgent than the first in
  the order, the ones that wait longest. One for so many as have been taken from the queue since the last of them, so that
  the others keep the order; none while the most urgent wait alone, however long. A job in front has the instant since which
  it waits as its score, which is below that of any priority.

  KEYS[1] BullMQ's prioritized set (score: priority * 2^32 + counter)   KEYS[2] its counter
  ARGV[1] what the keys of jobs begin with   ARGV[2] now (ms)   ARGV[3] what was added before this waits too long (ms)
  ARGV[4] one of so many   ARGV[5] at most so many   ARGV[6] what was returned the last time, if known

  Returns: up to how many that were taken this counts.
]]
local oneOf, most, upTo = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
-- BullMQ counts what it adds, from 0 again when the queue was empty: what is not there any more was taken.
local taken = tonumber(redis.call('GET', KEYS[2]) or 0) - redis.call('ZCARD', KEYS[1])
if not upTo or upTo > taken then upTo = taken - oneOf end
local turns = math.min(math.floor((taken - upTo) / oneOf), most)

local function firstFrom(score) return redis.call('ZRANGEBYSCORE', KEYS[1], score, '+inf', 'WITHSCORES', 'LIMIT', 0, 1) end
local function startOf(priority) return string.format('%.0f', priority * 4294967296) end
local function priorityOf(score) return math.floor(tonumber(score) / 4294967296) end

--- Within a priority the first one waits longest.
local function passedOver(found, priority)
  if not found[1] or priorityOf(found[2]) ~= priority then return nil end
  local at = tonumber(redis.call('HGET', ARGV[1] .. found[1], 'timestamp') or 0)
  return at < tonumber(ARGV[3]) and { id = found[1], at = at } or nil
end

local raised = 0
if turns > 0 then
  local longest = {}
  local found = firstFrom('(' .. ARGV[2])
  local mostUrgent = found[1] and priorityOf(found[2])
  while found[1] do
    local priority = priorityOf(found[2])
    if priority ~= mostUrgent then longest[priority] = passedOver(found, priority) end
    found = firstFrom(startOf(priority + 1))
  end
  while raised < turns and next(longest) do
    local oldest
    for priority, job in pairs(longest) do
      local before = oldest and job.at - longest[oldest].at
      if not oldest or before < 0 or (before == 0 and priority < oldest) then oldest = priority end
    end
    redis.call('ZADD', KEYS[1], longest[oldest].at, longest[oldest].id)
    raised = raised + 1
    longest[oldest] = passedOver(firstFrom(startOf(oldest)), oldest)
  end
end
-- While nothing waits too long no turns are saved up but one.
return math.max(upTo + oneOf * raised, taken - oneOf)
