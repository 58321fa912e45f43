/**
 * How much memory a campaign of ten million recipients takes, run by hand: `node bench/many-memory.ts [millions]`.
 * A dry run, so that nothing but the producer is measured; the numbers are Turkish, in no order, one in ten a repeat.
 */
import { createProducer } from '../src/producer/index.ts';

const count = Number(process.argv[2] ?? 10) * 1_000_000;
const megabytes = (bytes: number): number => Math.round(bytes / 1_000_000);

function* recipients(): Generator<string> {
  const distinct = Math.floor(count * Number(process.argv[3] ?? 0.9));
  for (let n = 0; n < count; n += 1) {
    // A prime step walks through all of 0530 to 0559 before it comes back.
    yield String(905_300_000_000 + (((n % distinct) * 7_368_787) % 300_000_000));
  }
}

await using producer = createProducer({
  redis: 'redis://127.0.0.1:1',
  accounts: { acme: { title: 'ACME' } },
});
const before = process.memoryUsage().rss;
let peak = before;
const began = performance.now();
const receipt = await producer.sendMany(recipients(), {
  campaign: 'memory',
  text: 'Merhaba',
  dryRun: true,
  onProgress() {
    peak = Math.max(peak, process.memoryUsage.rss());
  },
});
const seconds = Math.round((performance.now() - began) / 1_000);
const { messages, refused, repeated } = receipt;
process.stdout.write(
  `${messages} messages, ${refused} refused, ${repeated} repeated in ${seconds} s; memory at most ${megabytes(peak)} MB, ${megabytes(peak - before)} MB more than before\n`,
);
