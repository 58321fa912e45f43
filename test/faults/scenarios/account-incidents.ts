import type { HoldReason } from '../../../src/queue/hold-reasons.ts';
import type { Fault } from '../../../src/simulator/fault-rule.ts';
import { replyWith } from '../harness/reply.ts';
import { login, type World } from '../harness/world.ts';

/** Something that is wrong with the account or its address, and is mended again. */
export interface Incident {
  readonly reason: HoldReason;
  /** The code of its dead letters, and how many there must be. */
  readonly code: string;
  readonly letters: readonly [least: number, most: number];
  /** Breaks it, and says how to mend it. */
  readonly begin: (world: World) => () => void;
}

type Misanswer = Extract<Fault, { readonly kind: 'raw-reply' | 'status' }>;

/** While it lasts, all requests, or those to send, come to this instead of the usual answer. */
const faulty =
  (fault: (world: World) => Misanswer, on: readonly ('send' | 'account-query')[]): Incident['begin'] =>
  (world) => {
    const { faults } = world.simulator;
    const rules = on.map((one) => faults.add({ ...fault(world), match: { on: one } }));
    return () => rules.forEach(faults.remove);
  };

const password = 'password wrong, and right';
const firewall = 'a firewall says 403, and lets pass';

/** After itself, too, an incident is a new one: these come twice as often. */
export const oftenRepeated: readonly string[] = [password, firewall];

/** By the name under which the chronicle has it. */
export const incidents: Readonly<Record<string, Incident>> = {
  [password]: {
    reason: 'account-fault',
    code: '10',
    letters: [1, 1],
    begin({ simulator }) {
      simulator.accounts.update(login.username, { password: 'another' });
      return () => simulator.accounts.update(login.username, { password: login.password });
    },
  },
  'address not allowed, and allowed': {
    reason: 'account-fault',
    code: '28',
    letters: [1, 1],
    begin: faulty((world) => replyWith('28', 'unauthorized ip', world), ['send', 'account-query']),
  },
  [firewall]: {
    reason: 'endpoint',
    code: 'http-403',
    letters: [0, 0],
    begin: faulty(() => ({ kind: 'status', status: 403 }), ['send', 'account-query']),
  },
  'a code that nobody knows, and none': {
    reason: 'unknown-code',
    code: '66',
    // Five in the order in which requests left; two that leave in the same moment can overtake each other, and one of
    // them, accepted, makes the row begin anew.
    letters: [1, 6],
    begin: faulty((world) => replyWith('66', 'Bilinmeyen hata', world), ['send']),
  },
};
