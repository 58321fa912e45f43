import { testScenario } from './harness/fault-test.ts';
import { overWebService } from './harness/scenario.ts';
import { everything } from './scenarios/everything.ts';
import { providerNetwork } from './scenarios/provider-network.ts';

// The long run (`npm run test:faults`) runs every scenario over both surfaces; here those that meet its replies most.
testScenario(overWebService(providerNetwork));
testScenario(overWebService(everything));
