import { Redis, type RedisOptions, ReplyError } from 'ioredis';
import { isRefusedForGood, readTrouble } from './redis-trouble.ts';

/** What becomes of an error that somebody has heard of already. */
const ignore = (): void => {};

/**
 * The connection that all of ours are made of.
 *
 * It leaves a server which has turned into a replica: after a failover behind one address the old socket stays open,
 * and only a new one leads to the new primary. And it tells, as errors, of what ioredis waits for in silence.
 */
export class RedisConnection extends Redis {
  #isLeaving = false;

  /**
   * Once for each connection: a thousand commands that are turned away at once ask for it a thousand times. And only where
   * there is one: BullMQ asks for it too while a connection is being made, which while Sentinels are asked would end it for
   * good, without a word.
   */
  override disconnect(reconnect = false): void {
    const isThere = this.status === 'connect' || this.status === 'ready';
    if (reconnect && (this.#isLeaving || !isThere)) return;
    if (reconnect) {
      this.#isLeaving = true;
      this.once('close', () => {
        this.#isLeaving = false;
      });
    }
    super.disconnect(reconnect);
    if (!reconnect && this.status === 'reconnecting') this.#endBetweenConnections();
  }

  /**
   * Between two connections there is nothing whose closing would tell that this is the end, and whoever waits for that,
   * as BullMQ does, would wait for ever. A new connection that is given up before it begins tells.
   */
  #endBetweenConnections(): void {
    this.connect().catch(() => {}); // it fails by what the next line does to it: that is what tells the end
    super.disconnect();
  }

  /** BullMQ makes its blocking connections by this. */
  override duplicate(override: Partial<RedisOptions> = {}): Redis {
    // Spreading loses that none of ours asks for another form of replies.
    const options = { ...this.options, ...override } as RedisOptions & { readonly replyMapping: 'legacy' };
    return new RedisConnection(options);
  }

  /**
   * ioredis calls this for what goes wrong with its socket, but listens to the socket's first error alone. One that
   * breaks off within its TLS handshake may have two, and the second would end the process.
   */
  override silentEmit(event: string, argument?: unknown): boolean {
    if (event === 'error') this.stream?.off('error', ignore).on('error', ignore);
    return super.silentEmit(event, argument);
  }

  /** A service that knows no greeting may answer nothing behind it, and ioredis waits for all of its answers. */
  override handleReconnection(error: Error, item: Answered): void {
    super.handleReconnection(error, item);
    // A Redis before version 6 knows no greeting either, and says so: then ioredis goes on without.
    const isOldRedis = /hello/i.test(error.message);
    if (item.command.name === 'hello' && !isOldRedis && isRefusedForGood(error))
      this.silentEmit('error', error);
  }

  /**
   * With a callback this is ioredis' question whether the server has read its data. While that lasts it asks again and
   * tells nobody why; and where the user may not ask, it writes that to the app's own output.
   */
  override info(...args: readonly unknown[]): Promise<string> {
    const sections = args.filter((arg) => typeof arg === 'string');
    const answer = super.info(...sections);
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      answer.then(
        (text) => {
          if (/^loading:1\b/m.test(text)) this.silentEmit('error', new ReplyError(loading));
          callback(null, text);
        },
        (error) => (lacksRight(error) ? callback(null, '') : callback(error)),
      );
    }
    return answer;
  }
}

type Answered = Parameters<Redis['handleReconnection']>[1];

/** The words of Redis itself. */
const loading = 'LOADING Redis is loading the dataset in memory';

function lacksRight(error: unknown): boolean {
  const trouble = readTrouble(error);
  return trouble.kind === 'refused' && trouble.reason === 'NOPERM';
}
