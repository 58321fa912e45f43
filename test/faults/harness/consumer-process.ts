// A consumer of events in a process of its own, so that it can be killed: it says of each event when it got it, before it
// acknowledges it. Its argument is the address of Redis.
import { setTimeout } from 'node:timers/promises';
import { createEvents } from '../../../src/events/index.ts';
import { consumerGroup, type Got } from './consumers.ts';

const [redis = ''] = process.argv.slice(2);
await using events = createEvents({
  redis,
  group: consumerGroup,
  from: 'beginning',
  takeOverAfterMs: 1_000,
  pollMs: 20,
  readAhead: 10,
});
for await (const event of events) {
  const got: Got = { at: performance.timeOrigin + performance.now(), id: event.id };
  console.log(JSON.stringify(got));
  // As an app that does something with it: mostly it dies with an event in hand.
  await setTimeout(2);
  await events.ack(event);
}
