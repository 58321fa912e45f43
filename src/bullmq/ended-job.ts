/**
 * For scripts: takes an ended send job away with everything that BullMQ keeps of it. Not its deduplication key, which
 * BullMQ's own removal (`Queue.clean`, `Job.remove`) takes along: it has a time to live of its own, and as long as it
 * lives, nobody is texted twice under the same idempotency key or by the same replay.
 */
export const removeEndedLua = `
local function removeEnded(queue, id)
  local job = queue .. ':' .. id
  redis.call('ZREM', queue .. ':completed', id)
  redis.call('ZREM', queue .. ':failed', id)
  redis.call('DEL', job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed',
    job .. ':unsuccessful')
end`;
