import { expect, it } from 'vitest';
import { runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** The limit of one run; the suite's own limits are well below it and say more. */
const limitMs = 240_000;

/** Runs a scenario once as a test; FAULTS_SEED in the environment repeats a run. */
export function testScenario(scenario: Scenario): void {
  const seed = Number(process.env['FAULTS_SEED'] ?? 1);
  it(`${scenario.title}: nothing lost, nobody texted twice by surprise (seed ${seed})`, {
    timeout: limitMs,
  }, async () => {
    const { report, ...result } = await runScenario(scenario, seed);
    console.log(JSON.stringify({ ...result, violations: result.violations.length }));
    expect(result.violations.slice(0, 20), report).toEqual([]);
  });
}
