import { testScenario } from './harness/fault-test.ts';
import { unreadable } from './scenarios/unreadable.ts';

testScenario(unreadable);
