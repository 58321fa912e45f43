import type { Figure } from './measure.ts';
import type { Contender, WorldChoices } from './rig/world.ts';

/** How a run measures. */
export interface Bench {
  readonly rounds: number;
  /** 1, or less for a quick look. */
  readonly scale: number;
  /** This checkout. */
  readonly checkout: string;
  /** Another checkout to compare with. */
  readonly against: string | undefined;
  /** What another contender's worker does best at, tried once in a run. */
  readonly concurrencies: Map<string, Promise<number>>;
  /** Tells what is being done. */
  readonly progress: (line: string) => void;
}

/** Figures that are measured together. */
export interface Group {
  readonly name: string;
  /** What its lines count, and what they do not. */
  readonly counts: string;
  measure(bench: Bench): Promise<readonly Figure[]>;
}

/** So many of something at full scale, and fewer for a quick look. */
export const scaled = ({ scale }: Bench, count: number, least = 1): number =>
  Math.max(least, Math.round(count * scale));

/** A world of ours with every default. */
export const oursAt = ({ checkout }: Bench, providerMs: number): WorldChoices => ({
  contender: 'ours',
  checkout,
  providerMs,
});

/** Names of contenders as tables write them. */
export const contenderWords: Readonly<Record<Contender, string>> = {
  ours: 'ours',
  plain: 'plain',
  bee: 'bee-queue',
};
