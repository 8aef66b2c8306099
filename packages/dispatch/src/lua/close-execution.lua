--[[
  The brake: closes an execution, so that nothing more of it starts, and tells the workers. If no slice of it is leased
  it has stopped already, and that is reported here; else the worker that holds the lease reports it.
  An execution that is not there is closed all the same: a planner may be about to open it.

  KEYS[1] the execution's hash   KEYS[2] journal   KEYS[3] the channel `closed`
  ARGV[1] execution id   ARGV[2] now (ms)   ARGV[3] how long to keep the closed hash of an execution that is not there (ms)

  Returns: {runtime, epoch, slice} of the slice that waits for a worker, {} if there is none. The job of a leased one
  stays: should its worker be lost, whoever takes it over reports the stop.
]]
--- @include include/facts
local state = redis.call('HMGET', KEYS[1], 'epoch', 'leased', 'done', 'runtime', 'slice')
if not state[1] then
  redis.call('HSET', KEYS[1], 'epoch', '0', 'open', '0', 'leased', '0')
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
else
  redis.call('HSET', KEYS[1], 'open', '0')
end
if state[2] == '1' then
  redis.call('PUBLISH', KEYS[3], ARGV[1])
  return {}
end
-- Done: its last outcome is in the journal and says more than `stopped` would.
if not state[3] then tellStopped(ARGV[1], state[1] or '0', ARGV[2]) end
writeFacts(KEYS[2])
if not state[4] then return {} end
return { state[4], tonumber(state[1]), tonumber(state[5]) }
