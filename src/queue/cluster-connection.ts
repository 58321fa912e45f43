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

type Handlers = Parameters<Cluster['handleError']>[2];

/** What ioredis says where a connection ended under a command. */
const closed = 'Connection is closed.';

/** The words of Redis itself. */
const down = 'CLUSTERDOWN The cluster is down';

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
  readonly #waits: boolean;
  /** What each node said last, until the cluster can be spoken to. */
  readonly #told = new Map<string, Error>();
  #isClosing = false;

  constructor(nodes: ClusterNode[], options: ClusterSettings) {
    super(nodes, options);
    this.#nodes = nodes;
    this.#waits = options.redisOptions.maxRetriesPerRequest === null;
    this.on('+node', tame);
    this.on('node error', (error: Error, address: string) => {
      this.#told.set(address, error);
      if (this.status === 'ready') this.#tell(error);
    });
    this.on('ready', () => this.#told.clear());
    this.#tellWhereItIsDown();
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

  /** BullMQ makes its blocking connections by this. It leaves one that is silent by itself: that need not ask for the slots. */
  override duplicate(nodes: ClusterNode[] = [], override: Partial<ClusterOptions> = {}): Cluster {
    // Spreading loses that none of ours asks for another form of replies.
    const options = { ...this.options, slotsRefreshInterval: 0, ...override } as unknown as ClusterSettings;
    return new ClusterConnection(nodes.length > 0 ? nodes : this.#nodes, options);
  }

  /** Where it fails fast, nothing waits in the process for a cluster that is not there; and what was not written says so. */
  override sendCommand(command: Command, stream?: Stream, node?: unknown): unknown {
    if (this.#waits) return super.sendCommand(command, stream, node);
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
    if (!this.#waits && error.message.startsWith('TRYAGAIN')) {
      handlers.defaults();
      return;
    }
    const isLost = error.message === closed && this.status !== 'ready';
    if (!this.#waits || this.#isClosing || !(isLost || isTurnedAway(readTrouble(error))))
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
    if (reconnect && status !== 'ready' && status !== 'connect') return;
    this.#isClosing = !reconnect;
    super.disconnect(reconnect);
    // Between two connections nothing is there whose closing would tell that this is the end.
    if (!reconnect && status === 'reconnecting') this['handleCloseEvent']();
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
function tame(node: Redis): void {
  node.on('error', () => node.stream?.off('error', ignore).on('error', ignore));
  const duplicate = (override: Partial<RedisOptions> = {}): Redis => {
    const options = { ...node.options, ...override } as RedisOptions & { readonly replyMapping: 'legacy' };
    return new RedisConnection(options);
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
