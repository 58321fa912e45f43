/**
 * How much memory a campaign of ten million recipients takes in the producer's process, run by hand:
 * `node bench/many-memory.ts [millions] [share of distinct numbers] [redis URL]`. Without a Redis it is a dry run. The
 * numbers are Turkish, in no order, one in ten a repeat.
 */
import { createProducer } from '../src/producer/index.ts';

const [millions = 10, share = 0.9, redisUrl] = process.argv.slice(2);
const count = Number(millions) * 1_000_000;
const megabytes = (bytes: number): number => Math.round(bytes / 1_000_000);

function* recipients(): Generator<string> {
  const distinct = Math.floor(count * Number(share));
  for (let n = 0; n < count; n += 1) {
    // A prime step walks through all of 0530 to 0559 before it comes back.
    yield String(905_300_000_000 + (((n % distinct) * 7_368_787) % 300_000_000));
  }
}

await using producer = createProducer({
  redis: redisUrl ?? 'redis://127.0.0.1:1',
  accounts: { acme: { title: 'ACME' } },
});
const before = process.memoryUsage().rss;
let peak = before;
const began = performance.now();
const receipt = await producer.sendMany(recipients(), {
  campaign: `memory-${Date.now()}`,
  text: 'Merhaba',
  dryRun: redisUrl === undefined,
  onProgress() {
    peak = Math.max(peak, process.memoryUsage.rss());
  },
});
const seconds = Math.round((performance.now() - began) / 1_000);
const { messages, refused, repeated } = receipt;
process.stdout.write(
  `${messages} messages, ${refused} refused, ${repeated} repeated in ${seconds} s; memory at most ${megabytes(peak)} MB, ${megabytes(peak - before)} MB more than before\n`,
);
