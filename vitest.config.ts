import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Kinds of test, in the order in which they run: the quick ones fail first. */
const config: ViteUserConfig = defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('unit', { order: 0, limitMs: 30_000 }),
      project('docs', { order: 0, limitMs: 20_000 }),
      project('integration', { order: 1, limitMs: 30_000 }),
      project('e2e', { order: 2, limitMs: 120_000 }),
      project('packages', { order: 2, limitMs: 120_000 }),
      project('faults', { order: 3, limitMs: 120_000 }),
      project('browser', { order: 4, limitMs: 120_000 }),
      project('deploy', { order: 5, limitMs: 120_000 }),
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'html'],
    },
  },
});

export default config;

interface ProjectChoice {
  /** Projects of a lower order run first; those of the same order run together. */
  readonly order: number;
  /** Milliseconds that one test, or one hook, may take. */
  readonly limitMs: number;
}

function project(name: string, { order, limitMs }: ProjectChoice) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      environment: 'node' as const,
      testTimeout: limitMs,
      hookTimeout: limitMs,
      sequence: { groupOrder: order },
      globalSetup: globalSetup(name),
    },
  };
}

function globalSetup(name: string): string[] {
  if (name === 'unit' || name === 'docs') return [];
  const packed = name === 'packages' ? ['test/support/packed.ts'] : [];
  return ['test/support/shared-redis.ts', ...packed];
}
