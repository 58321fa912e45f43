import type { NewAccount } from '../../../src/simulator/index.ts';
import type { Evidence } from './evidence.ts';
import type { LoadShape, SentMessage } from './load.ts';
import type { Team } from './load-by-processes.ts';
import type { World } from './world.ts';

/** One way to make life hard for the workers. */
export interface Scenario {
  readonly name: string;
  /** What is done, in a few words: a row of docs/reliability.md. */
  readonly title: string;
  readonly messages: number;
  /** The messages arrive over about so long. */
  readonly loadMs: number;
  readonly workers: number;
  /** The provider's account, where it is not the usual one. */
  readonly account?: Partial<NewAccount>;
  /** Environment variables of the workers, beyond the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Workers reach JetSMS through a proxy, `world.jetsmsProxy`. */
  readonly throughProxy?: true;
  /** The sender title of the messages, where it is not the account's. */
  readonly messageTitle?: string;
  /** Redis is a cluster of three primaries and their replicas; each is reached over a road of its own (`world.cluster`). */
  readonly isCluster?: boolean;
  /** The producer reaches Redis over the road of the workers; else it has one of its own, which nothing breaks. */
  readonly isProducerOnRedisPath?: boolean;
  /** Redis is a primary with two replicas behind three Sentinels; producer and workers ask the Sentinels. */
  readonly isBehindSentinels?: true;
  /** The producer's option; the workers' is a setting. */
  readonly replicasToConfirm?: number;
  /** Of each worker, what its clock is off by, first and after each SIGUSR2; the others' clocks are right. */
  readonly clocksMs?: readonly (readonly number[])[];
  /** What the messages are like, where it is not as usual. */
  readonly load?: Partial<LoadShape>;
  /** Who sends the messages, where it is not one producer in this process. */
  readonly producers?: Team;
  /** Makes trouble while the messages arrive and leave; what it leaves broken is healed afterwards. */
  readonly act: (world: World, load: LoadState) => Promise<void>;
  /** What must hold beyond the invariants; says what is wrong. */
  readonly expect?: (evidence: Evidence, world: World) => readonly string[] | Promise<readonly string[]>;
}

/** The same trouble for an account that uses the web service. */
export const overWebService = (scenario: Scenario): Scenario => ({
  ...scenario,
  name: `${scenario.name}-web-service`,
  title: `${scenario.title}; over the web service`,
  settings: { ...scenario.settings, JETSMS_SURFACE: 'web-service' },
});

/** How the load goes. */
export interface LoadState {
  /** True while messages arrive. */
  isArriving(): boolean;
  /** Messages that the producer has confirmed so far. */
  confirmed(): number;
  /** Messages that the scenario has enqueued itself: what holds for all must hold for them too. */
  alsoSent(...messages: readonly SentMessage[]): void;
  /** Resolves when all messages have been enqueued. */
  readonly arrived: Promise<void>;
}

/** One kind of trouble, by the name under which the chronicle has it. */
export type Troubles = Readonly<Record<string, (world: World, load: LoadState) => Promise<void>>>;

/** Makes one trouble after the other while messages arrive, each kind once before any comes again. */
export async function makeTroubles(
  troubles: Troubles,
  world: World,
  load: LoadState,
  everyMs: readonly [from: number, to: number],
): Promise<void> {
  while (load.isArriving()) {
    for (const name of world.chance.shuffle(Object.keys(troubles))) {
      await world.pause(world.chance.between(...everyMs));
      if (!load.isArriving()) return;
      world.note(name);
      await troubles[name]?.(world, load);
    }
  }
}
