--[[
  Adds jobs to a queue in order. One that is there is left as it is.

  KEYS[1] BullMQ's prioritized set   KEYS[2] its counter   KEYS[3] its marker   KEYS[4] its meta
  ARGV[1] what the keys of jobs begin with   ARGV[2] now (ms)   ARGV[3...] of each job: id, name, priority, data (JSON)
]]
--- @include include/jobs
addJobs({ KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1] }, ARGV[2], ARGV, 3)
