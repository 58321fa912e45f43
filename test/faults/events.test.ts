import { testScenario } from './harness/fault-test.ts';
import { events } from './scenarios/events.ts';

testScenario(events);
