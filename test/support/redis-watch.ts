import type { Redis } from 'ioredis';

/** A command that Redis has carried out. */
export interface Use {
  /** Of the user whose connection it came by, within a script too. */
  readonly user: string;
  readonly inScript: boolean;
  /** The command and its arguments. */
  readonly args: readonly string[];
}

/** Sees every command that Redis carries out, within scripts too. */
export interface RedisWatch {
  /** Whose connections those are that end before Redis can be asked. */
  shortOnes(user: string): void;
  stop(): readonly Use[];
}

/** Watches by MONITOR; `admin` may do everything. */
export async function watchRedis(admin: Redis): Promise<RedisWatch> {
  const monitor = await admin.monitor();
  const users = new Map<string, string>();
  const seen: { readonly source: string; readonly args: readonly string[]; readonly or: string }[] = [];
  let short = '';
  const ask = async (): Promise<void> => {
    const list = String(await admin.client('LIST'));
    for (const [, address = '', user = ''] of list.matchAll(/ addr=(\S+) .* user=(\S+)/g))
      users.set(address, user);
  };
  monitor.on('monitor', (_time: string, args: string[], source: string) => {
    seen.push({ source, args, or: short });
    if (source !== 'lua' && !users.has(source)) {
      users.set(source, short);
      void ask();
    }
  });
  await ask();
  return {
    shortOnes: (user) => {
      short = user;
    },
    stop() {
      monitor.disconnect();
      let last = '';
      return seen.map(({ source, args, or }) => {
        if (source !== 'lua') last = users.get(source) ?? or;
        return { user: last, inScript: source === 'lua', args };
      });
    },
  };
}
