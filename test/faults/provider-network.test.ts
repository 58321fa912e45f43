import { testScenario } from './harness/fault-test.ts';
import { providerNetwork } from './scenarios/provider-network.ts';

testScenario(providerNetwork);
