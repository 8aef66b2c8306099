--[[
  What the slices of a worker ask for at the same time, in order; each operation is a file in slice/. One that cannot be
  done (its key is not a permission) fails alone.

  KEYS[1] journal   KEYS[2...] the execution's hash of each operation
  ARGV for each operation: its name, the number of its arguments, the arguments

  Returns: for each operation what it returns, or {'failed', why}.
]]
--- @include include/facts
local operations = {}

--- lost: the lease is another's; closed: the execution is to stop; held.
local function leaseOf(key, epoch, token)
  local state = redis.call('HMGET', key, 'epoch', 'lease', 'open')
  if state[1] ~= epoch or state[2] ~= token then return 'lost' end
  return state[3] == '1' and 'held' or 'closed'
end

--- Ends the lease of a closed execution.
local function stop(key, executionId, epoch, now)
  redis.call('HSET', key, 'leased', '0', 'lease', '')
  tellStopped(executionId, epoch, now)
  return 'stopped'
end

local CALL = { 'call', 'callUntil', 'callWaits', 'callAnswer' }

--- The attempt of a step is over, and whoever it called is not to answer it any more.
local function forgetCall(key) redis.call('HDEL', key, unpack(CALL)) end

--- The step is over, and has no more attempts.
local function forgetAttempts(key) redis.call('HDEL', key, 'checkpoint', 'checkpointStep', unpack(CALL)) end

--- By the one clock that all workers share.
local function nowMs()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

--- @include slice/start
--- @include slice/finish-steps
--- @include slice/retry-step
--- @include slice/report
--- @include slice/keep-checkpoint
--- @include slice/release
--- @include slice/open-call
--- @include slice/await-call

local replies = {}
local at = 1
for index = 2, #KEYS do
  local last = at + 1 + ARGV[at + 1]
  local done, reply = pcall(operations[ARGV[at]], KEYS[index], unpack(ARGV, at + 2, last))
  replies[index - 1] = done and reply or { 'failed', type(reply) == 'table' and reply.err or tostring(reply) }
  at = last + 1
end
writeFacts(KEYS[1])
return replies
