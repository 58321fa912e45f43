import { installationPrefix, keys, placeOf } from '../queue/names.ts';
import type { RedisClient } from '../queue/redis-client.ts';
import { addressOf, isCluster, primariesOf } from '../queue/redis-nodes.ts';
import type { RefusalReason } from '../queue/redis-refusals.ts';
import { readTrouble } from '../queue/redis-trouble.ts';
import { askServer, type Finding, judgeRedis, type RedisLimits } from './redis-check.ts';
import { askRights, type KeyPlace } from './redis-rights.ts';

/**
 * Asks Redis for what decides whether messages are safe in it, each primary of a cluster for itself, and judges it. Writes to keys
 * that vanish by themselves.
 * @throws whatever ioredis throws when Redis does not answer; that it refuses an answer is one of the facts
 */
export async function examineRedis(
  redis: RedisClient,
  place: KeyPlace,
  limits: RedisLimits,
): Promise<readonly Finding[]> {
  const isWriteTried = (place.role ?? 'worker') === 'worker';
  const whole = {
    isWriteTried,
    writeRefusal: isWriteTried ? await tryToWrite(redis, place) : undefined,
    missing: await askRights(redis, place),
  };
  const nodes = await Promise.all(
    primariesOf(redis).map(async (node): Promise<FoundOfNode> => {
      return [addressOf(node), judgeRedis({ ...(await askServer(node)), ...whole }, limits)];
    }),
  );
  return isCluster(redis) ? ofAllNodes(nodes) : nodes.flatMap(([, findings]) => findings);
}

type FoundOfNode = readonly [address: string, findings: readonly Finding[]];

/** What is true of all nodes is said once, what is true of some with their addresses. */
function ofAllNodes(nodes: readonly FoundOfNode[]): readonly Finding[] {
  const found = new Map<string, { readonly finding: Finding; readonly on: string[] }>();
  for (const [address, findings] of nodes) {
    for (const finding of findings) {
      const key = `${finding.check} ${finding.level} ${finding.says}`;
      const known = found.get(key);
      if (known) known.on.push(address);
      else found.set(key, { finding, on: [address] });
    }
  }
  return [...found.values()].map(({ finding, on }) =>
    on.length === nodes.length ? finding : { ...finding, says: `${finding.says} (${on.join(', ')})` },
  );
}

/** The written key lives so long. */
const probeMs = 60_000;

/** Writes where the installation's keys lie, and those of each account. */
async function tryToWrite(
  redis: RedisClient,
  { prefix, accounts, name }: KeyPlace,
): Promise<RefusalReason | undefined> {
  const own = installationPrefix(redis, prefix);
  const prefixes = new Set([own, ...accounts.map((account) => placeOf(redis, prefix, account).prefix)]);
  try {
    for (const one of prefixes) await redis.set(keys.probe(one, name), '1', 'PX', probeMs);
    return undefined;
  } catch (error) {
    const trouble = readTrouble(error);
    if (trouble.kind !== 'refused') throw error;
    return trouble.reason;
  }
}
