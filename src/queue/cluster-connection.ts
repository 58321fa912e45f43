import {
  type ChainableCommander,
  Cluster,
  type ClusterNode,
  type ClusterOptions,
  type Command,
  Pipeline,
  type Redis,
  type RedisOptions,
  ReplyError,
} from 'ioredis';
import { RedisConnection } from './redis-connection.ts';
import { addressOf } from './redis-nodes.ts';
import { isTurnedAway, notSent, readTrouble, toldByNodes } from './redis-trouble.ts';

/** The options of a cluster's connection: of the nodes none asks for another form of replies. */
export interface ClusterSettings extends Omit<ClusterOptions, 'redisOptions'> {
  readonly redisOptions: Omit<
    RedisOptions,
    | 'replyMapping'
    | 'host'
    | 'port'
    | 'path'
    | 'sentinels'
    | 'retryStrategy'
    | 'enableOfflineQueue'
    | 'readOnly'
    | 'himportFieldsets'
  >;
}

/** How long a command may take: a worker's as long as it needs, a producer's no longer than somebody waits. */
type Manner = 'waits' | 'fails fast' | 'as ioredis';

const mannerOf = ({ redisOptions }: ClusterSettings): Manner =>
  redisOptions.maxRetriesPerRequest === null ? 'waits' : 'fails fast';

type Handlers = Parameters<Cluster['handleError']>[2];

/** What ioredis says where a connection ended under a command. */
const closed = 'Connection is closed.';

/** The words of Redis itself. */
const down = 'CLUSTERDOWN The cluster is down';

/** No step on the way to a connection takes so long: each node is given up after a second. */
const hangsMs = 5_000;

/** Between two tries of what waits for a node. */
const againMs = 100;

/**
 * The connection to a cluster that all of ours are made of. As options of the nodes say it (`maxRetriesPerRequest`), it waits for
 * as long as it takes, and sends again, as a worker needs it; or it fails fast: then a command is written to a node once, and what
 * was not written is known not to have been.
 *
 * Its errors are those of its nodes; while it is being made, one for all of them.
 */
export class ClusterConnection extends Cluster {
  readonly #nodes: ClusterNode[];
  readonly #manner: Manner;
  /** What each node said last, until the cluster can be spoken to. */
  readonly #told = new Map<string, Error>();
  #isClosing = false;

  constructor(nodes: ClusterNode[], options: ClusterSettings, manner: Manner = mannerOf(options)) {
    // It connects when it knows what to do about what happens then.
    super(nodes, { ...options, lazyConnect: true });
    this.#nodes = nodes;
    this.#manner = manner;
    this.on('+node', (node) => tame(node, (error) => this.#told.set(addressOf(node), error)));
    this.on('node error', (error: Error, address: string) => {
      // Why it is closed was told before.
      if (error.message !== closed || !this.#told.has(address)) this.#told.set(address, error);
      if (this.status === 'ready') this.#tell(error);
    });
    this.on('ready', () => this.#told.clear());
    this.#tellWhereItIsDown();
    this.#beginAnewWhereItHangs();
    this.connect().catch(ignore); // told by its events
  }

  /**
   * BullMQ connects anew what it has closed, and waits for it. Where nodes answer and the cluster is not whole, ioredis begins again
   * and again, and leaves whoever waits for the first time waiting for ever.
   */
  override connect(): Promise<void> {
    this.#isClosing = false;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onEnd = (): void => reject(new Error(closed));
    this.once('ready', resolve).once('end', onEnd);
    super.connect().then(resolve, reject);
    return promise.finally(() => this.off('ready', resolve).off('end', onEnd));
  }

  /** Without a listener an error would end the process. */
  #tell(error: Error): void {
    if (this.listenerCount('error') > 0) super.emit('error', error);
  }

  /** ioredis says that no node helped, but not what each of them said. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const [error] = args;
    if (event !== 'error' || !(error instanceof Error) || error.name !== 'ClusterAllFailedError')
      return super.emit(event, ...args);
    this.#tell(toldByNodes(this.#told) ?? error);
    return true;
  }

  /**
   * ioredis waits for ever where a question for the slots was under way when the connection was given up: the new one waits for the
   * old question's answer, which is passed over.
   */
  #beginAnewWhereItHangs(): void {
    let timer: NodeJS.Timeout | undefined;
    const rest = (): void => clearTimeout(timer);
    const watch = (): void => {
      rest();
      timer = setTimeout(() => {
        if (this.#isClosing || this.status === 'ready' || this.status === 'end') return;
        if (this.status !== 'reconnecting') this.emit('close'); // by which ioredis begins anew
        watch();
      }, hangsMs).unref();
    };
    for (const event of ['connecting', 'connect', 'close', 'reconnecting', 'disconnecting'])
      this.on(event, watch);
    for (const event of ['ready', 'end']) this.on(event, rest);
  }

  /** A cluster that answers and is not whole is left again and again, and ioredis tells nobody why. */
  #tellWhereItIsDown(): void {
    let isReached = false;
    this.on('connect', () => {
      isReached = true;
    });
    this.on('ready', () => {
      isReached = false;
    });
    this.on('close', () => {
      if (isReached && !this.#isClosing) this.#tell(toldByNodes(this.#told) ?? new ReplyError(down));
      isReached = false;
    });
  }

  /**
   * BullMQ makes its blocking connections by this. It asks again by itself, whatever happens to a command, and leaves a connection
   * that is silent: what waits here would keep it from that.
   */
  override duplicate(nodes: ClusterNode[] = [], override: Partial<ClusterOptions> = {}): Cluster {
    const own = { slotsRefreshInterval: 0, maxRedirections: 16 };
    const options = { ...this.options, ...own, ...override } as unknown as ClusterSettings; // spreading loses the form of replies
    return new ClusterConnection(nodes.length > 0 ? nodes : this.#nodes, options, 'as ioredis');
  }

  /** Where it fails fast, nothing waits in the process for a cluster that is not there; and what was not written says so. */
  override sendCommand(command: Command, stream?: Stream, node?: unknown): unknown {
    if (this.#manner !== 'fails fast') return super.sendCommand(command, stream, node);
    if (this.status !== 'ready' && command.name !== 'cluster') {
      command.reject(notSent());
      return command.promise;
    }
    const { toWritable, reject } = command;
    let isOut = false;
    command.toWritable = (socket) => {
      isOut = true;
      return toWritable.call(command, socket);
    };
    command.reject = (error) => reject.call(command, !isOut && error.message === closed ? notSent() : error);
    const answer = super.sendCommand(command, stream, node);
    const refuse = command.reject;
    command.reject = (error) => {
      // It was turned away, to another node perhaps: where that is not there, it is out nowhere.
      if (error instanceof ReplyError) isOut = false;
      refuse.call(command, error);
    };
    return answer;
  }

  /** What waits is sent again however long it takes; ioredis gives up where no node is left, or one is a replica or starting. */
  override handleError(error: Error, left: { value?: unknown }, handlers: Handlers): void {
    // Whoever fails fast decides by itself how long to try.
    if (this.#manner === 'fails fast' && error.message.startsWith('TRYAGAIN')) {
      handlers.defaults();
      return;
    }
    const isLost = error.message === closed && this.status !== 'ready';
    if (this.#manner !== 'waits' || this.#isClosing || !(isLost || isTurnedAway(readTrouble(error))))
      super.handleError(error, left, handlers);
    else
      setTimeout(() => {
        if (this.status === 'ready') this.refreshSlotsCache();
        handlers.connectionClosed();
      }, againMs);
  }

  /** Only where there is a connection: BullMQ asks for another one too while one is being made. */
  override disconnect(reconnect = false): void {
    const { status } = this;
    if (reconnect && !['ready', 'connect', 'connecting'].includes(status)) return;
    this.#isClosing = !reconnect;
    // Between two connections it is one that has not begun: nothing is there whose closing would tell that this is the end.
    if (!reconnect && status === 'reconnecting') this.status = 'wait';
    super.disconnect(reconnect);
  }

  /**
   * Commands that go their own ways, each to the node of its key: ioredis would send all to one node, and, while a slot is moved,
   * ask the new node for keys that still lie with the old one, as if they were not there.
   */
  override pipeline(): ChainableCommander {
    return new SpreadPipeline(this);
  }
}

type Stream = Parameters<Cluster['sendCommand']>[1];

/** What becomes of an error that somebody has heard of already. */
const ignore = (): void => {};

/** As `RedisConnection` sees to it: ioredis listens to a socket's first error alone, and the second would end the process. */
function tame(node: Redis, onError: (error: Error) => void): void {
  node.on('error', () => node.stream?.off('error', ignore).on('error', ignore));
  const duplicate = (override: Partial<RedisOptions> = {}): Redis => {
    const options = { ...node.options, ...override } as RedisOptions & { readonly replyMapping: 'legacy' };
    return new RedisConnection(options).on('error', onError);
  };
  // The slots are asked for on duplicates; ioredis' type tells of forms of replies that nobody asks for.
  node.duplicate = duplicate as Redis['duplicate'];
}

/** A pipeline without a transaction around it. */
class SpreadPipeline extends Pipeline {
  readonly #commands: Command[] = [];

  override sendCommand(command: Command): unknown {
    this.#commands.push(command);
    return this;
  }

  override async exec(): Promise<[error: Error | null, result: unknown][] | null> {
    // It asks about what its own connection has written just before.
    if (this.#commands.some(({ name }) => name === 'wait')) return this.#together();
    return Promise.all(this.#commands.map((command) => this.#send(command)));
  }

  #together(): Promise<[error: Error | null, result: unknown][] | null> {
    const together = new Pipeline(this.redis);
    for (const command of this.#commands) together.sendCommand(command);
    return together.exec();
  }

  async #send(command: Command): Promise<[error: Error | null, result: unknown]> {
    try {
      this.redis.sendCommand(command);
      return [null, await command.promise];
    } catch (error) {
      return [error instanceof Error ? error : new Error(String(error)), undefined];
    }
  }
}
