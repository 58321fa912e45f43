import type { Cluster, Redis } from 'ioredis';

/** A connection to Redis: to one server, or to all nodes of a cluster. Which of them, its address says, and `isCluster`. */
export type RedisClient = Redis | Cluster;
