import { testScenario } from './harness/fault-test.ts';
import { proxy } from './scenarios/proxy.ts';

testScenario(proxy);
