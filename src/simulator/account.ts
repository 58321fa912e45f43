import { type SurfaceName, surfaceNames } from '../message/surface.ts';
import { type AccountMmsRules, mmsDefaults } from './mms.ts';

/** A login of the simulated provider, with everything that decides how it answers. */
export interface SimulatorAccount {
  readonly username: string;
  readonly password: string;
  /** Registered sender titles; any other is refused with 12. */
  readonly titles: readonly string[];
  /** Characters in one text; a longer one is refused with 85. */
  readonly maxTextLength: 160 | 306 | 459 | 612;
  /** SMS parts left; `Infinity` never runs out. */
  readonly credit: number;
  /** Where the account may send: without `xml` a send by XML is refused with 76. */
  readonly surfaces: readonly SurfaceName[];
  /** Whether the account's system is open; closed gives 77. */
  readonly open: boolean;
  readonly mms: AccountMmsRules;
}

/** What `accounts.add` takes: the login; everything else has a default (`accountDefaults`). */
export type NewAccount = Pick<SimulatorAccount, 'username' | 'password'> & Partial<SimulatorAccount>;

/** What `accounts.update` takes: any of the fields but the name. */
export type AccountChange = Partial<Omit<SimulatorAccount, 'username'>>;

/** What an account gets where nothing else is said. 160 is the provider's own default. */
export const accountDefaults: Omit<SimulatorAccount, 'username' | 'password'> = {
  titles: ['DEMO'],
  maxTextLength: 160,
  credit: Number.POSITIVE_INFINITY,
  surfaces: surfaceNames,
  open: true,
  mms: mmsDefaults,
};

/** The account that a simulator has when its options name none. */
export const demoAccount: NewAccount = { username: 'demo', password: 'demo' };

/** Whether the password is the account's. */
export function isLogin(account: SimulatorAccount, password: string): boolean {
  return account.password === password;
}

/** The simulator's accounts, by user name. */
export interface AccountBook {
  find(username: string): SimulatorAccount | undefined;
  list(): readonly SimulatorAccount[];
  /** Adds an account, or replaces the one of that name. */
  add(account: NewAccount): void;
  /** Returns false where there is no such account. */
  update(username: string, change: AccountChange): boolean;
  /** Takes parts off the credit; the caller has checked that they are there. Returns false as `update` does. */
  charge(username: string, parts: number): boolean;
  /** Back to the accounts that it was made with. */
  reset(): void;
}

export function createAccountBook(first: readonly NewAccount[]): AccountBook {
  const accounts = new Map<string, SimulatorAccount>();
  const add = (account: NewAccount) => {
    accounts.set(account.username, { ...accountDefaults, ...account });
  };
  const update = (username: string, change: AccountChange) => {
    const account = accounts.get(username);
    if (account === undefined) return false;
    accounts.set(username, { ...account, ...change });
    return true;
  };
  for (const account of first) add(account);

  return {
    find: (username) => accounts.get(username),
    list: () => [...accounts.values()],
    add,
    update,
    charge(username, parts) {
      const account = accounts.get(username);
      return account !== undefined && update(username, { credit: account.credit - parts });
    },
    reset() {
      accounts.clear();
      for (const account of first) add(account);
    },
  };
}
