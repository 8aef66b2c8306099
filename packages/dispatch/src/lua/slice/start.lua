--[[
  Leases a slice to a worker, if the execution may still run. That its next step started is reported when the slice was
  leased before; of the first time its worker tells, unless it has more to tell by then.

  execution id, epoch, slice, lease token, worker id, now (ms), the newest shape of permissions that the worker knows

  Returns one of
    {'gone'}      no permission (or something that is none is in its place), or one of another planning: drop the job
    {'closed'}    stopped; reported if the lease before this one can no longer do it: drop the job
    {'advanced'}  this slice is over, the next one is due: its job may have been lost, add it again
    {'newer'}  a newer version of Gantry opened it: put the job back
    {'waiting', ms}  the endpoint of its next step answers later, for so long at most: look again
    {'started', attempt, lost, step, stepAttempt, stepFailures, stepCrashes, output | '', outputRef | '', outputId | '',
      checkpoint | ''}
]]
function operations.start(key, executionId, epoch, slice, token, workerId, now, newestShape)
  local state = redis.pcall('HMGET', key, 'epoch', 'open', 'slice', 'leased', 'step', 'output', 'outputRef', 'outputId',
    'stepFailures', 'stepCrashes', 'attempt', 'lost', 'stepAttempt', 'callWaits', 'callUntil', 'callAnswer', 'shape',
    'checkpoint', 'checkpointStep')
  if state.err or not state[1] or state[1] ~= epoch then return { 'gone' } end
  if state[2] ~= '1' then
    -- BullMQ gave this job away again, so whoever held the lease has lost it.
    if state[4] == '1' then
      redis.call('HSET', key, 'leased', '0', 'lease', '')
      tellStopped(executionId, epoch, now)
    end
    return { 'closed' }
  end
  if tonumber(state[17] or '1') > tonumber(newestShape) then return { 'newer' } end
  local due = tonumber(state[3])
  if due > tonumber(slice) then return { 'advanced' } end
  if due < tonumber(slice) then return { 'gone' } end

  if state[14] and not state[16] then
    local left = state[15] - nowMs()
    if left > 0 then return { 'waiting', left } end
  end

  local attempt, lost, stepAttempt = (state[11] or 0) + 1, (state[12] or 0) + 1, (state[13] or 0) + 1
  redis.call('HSET', key, 'leased', '1', 'lease', token, 'attempt', attempt, 'lost', lost, 'stepAttempt', stepAttempt)
  -- An attempt that waited has started before.
  if attempt > 1 and not state[14] then
    tell(cjson.encode({
      kind = 'step-started', executionId = executionId, epoch = tonumber(epoch), at = tonumber(now),
      slice = tonumber(slice), attempt = attempt, seq = 0, step = tonumber(state[5]), stepAttempt = stepAttempt,
      workerId = workerId }))
  end
  -- A worker of an earlier version goes on to the next step without taking the checkpoint away.
  local checkpoint = state[19] == state[5] and state[18]
  return { 'started', attempt, lost - 1, tonumber(state[5]), stepAttempt, tonumber(state[9]), tonumber(state[10]),
    state[6] or '', state[7] or '', state[8] or '', checkpoint or '' }
end
