--[[
  Reports the outcomes of steps and, in the same moment, moves the checkpoint behind them.

  execution id, epoch, lease token, the facts `step-finished` in order, with commas between, now (ms),
  what comes next: step (of this slice) | slice (the next one) | end (of the execution), next step, runtime of the next
  slice, and what the next step works on: output (JSON), outputRef, outputId

  Returns: lost (the lease is another's: nothing was written) | stopped (closed in the meantime: run nothing more) | ok.
]]
function operations.finishSteps(key, executionId, epoch, token, facts, now, comesNext, step, runtime, output, ref, id)
  local lease = leaseOf(key, epoch, token)
  if lease == 'lost' then return 'lost' end
  tell(facts)
  if lease == 'closed' then return stop(key, executionId, epoch, now) end

  if comesNext == 'end' then
    redis.call('DEL', key)
    redis.call('HSET', key, 'epoch', epoch, 'open', '0', 'leased', '0', 'done', '1')
    return 'ok'
  end
  forgetAttempts(key)
  local checkpoint = { 'step', step, 'stepFailures', '0', 'stepCrashes', '0',
    'output', output, 'outputRef', ref, 'outputId', id }
  if comesNext == 'slice' then
    redis.call('HINCRBY', key, 'slice', 1)
    redis.call('HSET', key, 'runtime', runtime, 'leased', '0', 'lease', '', 'attempt', '0', 'lost', '0',
      'stepAttempt', '0', unpack(checkpoint))
  else
    redis.call('HSET', key, 'stepAttempt', '1', unpack(checkpoint))
  end
  return 'ok'
end
