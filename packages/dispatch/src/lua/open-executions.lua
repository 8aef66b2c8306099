--[[
  Opens executions: gives the permission to run each, reports that they were planned and enqueues their first slices.

  KEYS[1] journal   KEYS[2] runtimes   KEYS[3] term   KEYS[4...] of each queue: prioritized, counter, marker, meta; then
  the hash of each execution
  ARGV[1] leader's term   ARGV[2] now (ms)   ARGV[3] the number of queues   ARGV[4...] what the keys of each queue's jobs
  begin with; then for each execution: epoch, the fact `planned`, its first step, the number of its slices, the runtime of
  each, and the job of its first slice: which of the queues (from 1), id, name, priority, data (JSON)

  The hash: epoch, open (1 or 0), slice, runtime (of that slice), leased (1 or 0), lease (token), attempt (of the slice),
  shape (of this hash, where it is not the first), lost (leases that ended without a report), step (next to run), stepAttempt, stepFailures, stepCrashes (those of its
  failures that took its thread down), output, outputRef, outputId. While a step is one whose endpoint may answer later:
  call (the token), callUntil (ms), callWaits (1: nobody holds the slice meanwhile), callAnswer (JSON). Once an attempt of
  a step has said how far it came: checkpoint (JSON), checkpointStep (the step).

  Returns: deposed (a newer leader's planner is at work), or for each execution
  opened | exists (this planning was opened before) | closed (cancelled, or done) | stale (a newer planning).
]]
--- @include include/facts
--- @include include/jobs
local term = tonumber(redis.call('GET', KEYS[3]) or '0')
if tonumber(ARGV[1]) < term then return 'deposed' end
-- What fails for the type of a key fails here: later, permissions would be left whose facts or jobs are not written.
redis.call('XLEN', KEYS[1])
redis.call('SCARD', KEYS[2])
local queues, jobs = {}, {}
for index = 1, tonumber(ARGV[3]) do
  local first = index * 4
  queues[index] = { KEYS[first], KEYS[first + 1], KEYS[first + 2], KEYS[first + 3], ARGV[index + 3] }
  jobs[index] = {}
  checkQueue(queues[index])
end

--- @returns a reason not to open it, if there is one, and whether something is there: what is no hash is no permission, and
--- in the way of one.
local function lookAt(key, wanted)
  local readable, state = pcall(redis.call, 'HMGET', key, 'epoch', 'open')
  if not readable then return nil, true end
  if not state[1] then return nil, false end
  if state[2] == '0' then return 'closed', true end
  local epoch = tonumber(state[1])
  if epoch == wanted then return 'exists', true end
  return epoch > wanted and 'stale' or nil, true
end

local openings, runtimes = {}, {}
local at = 4 + #queues
for index = 4 + 4 * #queues, #KEYS do
  local key, epoch, planned, step, slices = KEYS[index], ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
  local job = at + 4 + slices
  local opening, there = lookAt(key, tonumber(epoch))
  if not opening then
    if there then redis.call('DEL', key) end
    redis.call('HSET', key, 'epoch', epoch, 'open', '1', 'slice', '0', 'runtime', ARGV[at + 4], 'leased', '0',
      'attempt', '0', 'lost', '0', 'step', step, 'stepAttempt', '0', 'stepFailures', '0', 'stepCrashes', '0')
    tell(planned)
    for index = at + 4, job - 1 do runtimes[ARGV[index]] = true end
    opening = 'opened'
  end
  if opening == 'opened' or opening == 'exists' then
    local waiting = jobs[tonumber(ARGV[job])]
    for index = job + 1, job + 4 do waiting[#waiting + 1] = ARGV[index] end
  end
  openings[#openings + 1] = opening
  at = job + 5
end
for runtime in pairs(runtimes) do redis.call('SADD', KEYS[2], runtime) end
writeFacts(KEYS[1])
for index, queue in ipairs(queues) do
  if #jobs[index] > 0 then addJobs(queue, ARGV[2], jobs[index], 1) end
end
return openings
