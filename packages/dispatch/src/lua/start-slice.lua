--[[
  Leases a slice to a worker, if the execution may still run, and reports that its next step started.

  KEYS[1] the execution's hash   KEYS[2] journal
  ARGV[1] execution id   ARGV[2] epoch   ARGV[3] slice   ARGV[4] lease token   ARGV[5] worker id   ARGV[6] now (ms)

  Returns one of
    {'gone'}      no permission, or one of another planning: drop the job
    {'closed'}    stopped; reported if the lease before this one can no longer do it: drop the job
    {'advanced'}  this slice is over, the next one is due: its job may have been lost, add it again
    {'started', attempt, lost, step, stepAttempt, stepFailures, stepCrashes, output | '', outputRef | '', outputId | ''}
]]
local state = redis.call('HMGET', KEYS[1], 'epoch', 'open', 'slice', 'leased', 'step', 'output', 'outputRef', 'outputId',
  'stepFailures', 'stepCrashes')
if not state[1] or state[1] ~= ARGV[2] then return { 'gone' } end
if state[2] ~= '1' then
  -- BullMQ gave this job away again, so whoever held the lease has lost it.
  if state[4] == '1' then
    redis.call('HSET', KEYS[1], 'leased', '0', 'lease', '')
    redis.call('XADD', KEYS[2], '*', 'fact', cjson.encode({
      kind = 'stopped', executionId = ARGV[1], epoch = tonumber(ARGV[2]), at = tonumber(ARGV[6]) }))
  end
  return { 'closed' }
end
local due = tonumber(state[3])
if due > tonumber(ARGV[3]) then return { 'advanced' } end
if due < tonumber(ARGV[3]) then return { 'gone' } end

local attempt = redis.call('HINCRBY', KEYS[1], 'attempt', 1)
local lost = redis.call('HINCRBY', KEYS[1], 'lost', 1)
local stepAttempt = redis.call('HINCRBY', KEYS[1], 'stepAttempt', 1)
redis.call('HSET', KEYS[1], 'leased', '1', 'lease', ARGV[4])
redis.call('XADD', KEYS[2], '*', 'fact', cjson.encode({
  kind = 'step-started', executionId = ARGV[1], epoch = tonumber(ARGV[2]), at = tonumber(ARGV[6]),
  slice = tonumber(ARGV[3]), attempt = attempt, seq = 0, step = tonumber(state[5]), stepAttempt = stepAttempt,
  workerId = ARGV[5] }))
return { 'started', attempt, lost - 1, tonumber(state[5]), stepAttempt, tonumber(state[9]), tonumber(state[10]),
  state[6] or '', state[7] or '', state[8] or '' }
