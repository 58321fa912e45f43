/**
 * For scripts: takes an ended send job away with everything that BullMQ keeps of it, and with our record of it. What it has
 * claimed stays: as long as that lives, nobody is texted twice under the same idempotency key or by the same replay. Its data goes
 * first: where a cluster that moves the keys ends the script in the midst, the next sweep still finds the job.
 */
export const removeEndedLua = `
local function removeEnded(prefix, name, id)
  local queue = prefix .. ':' .. name
  local job = queue .. ':' .. id
  redis.call('DEL', job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed',
    job .. ':unsuccessful', prefix .. ':record:' .. name .. ':' .. id)
  redis.call('ZREM', queue .. ':completed', id)
  redis.call('ZREM', queue .. ':failed', id)
end`;
