import { testScenario } from './harness/fault-test.ts';
import { account } from './scenarios/account.ts';

testScenario(account);
