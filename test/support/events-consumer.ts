// A consumer of events in a process of its own: prints the id of each event before it acknowledges it.
// node test/support/events-consumer.ts <redis> <prefix> <group>
import { createEvents } from '../../src/events/index.ts';

const [redis = '', prefix = '', group = ''] = process.argv.slice(2);
const events = createEvents({ redis, prefix, group, takeOverAfterMs: 1_000, pollMs: 20, readAhead: 10 });
await events.subscribed();
console.log('subscribed');
for await (const event of events) {
  console.log(event.id);
  await events.ack(event);
}
