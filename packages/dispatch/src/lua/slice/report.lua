--[[
  Reports what a step tells while it runs (progress, log entries, status messages), as long as the lease holds.

  epoch, lease token, the fact

  Returns: lost | ok.
]]
function operations.report(key, epoch, token, fact)
  if leaseOf(key, epoch, token) == 'lost' then return 'lost' end
  tell(fact)
  return 'ok'
end
