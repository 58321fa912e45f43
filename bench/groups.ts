import type { Group } from './bench.ts';
import { againstGroup } from './figures/against.ts';
import { appsGroup } from './figures/apps.ts';
import { callersGroup } from './figures/callers.ts';
import { clusterGroup } from './figures/cluster.ts';
import { gatewayGroup } from './figures/gateway.ts';
import { latencyGroup } from './figures/latency.ts';
import { memoryGroup } from './figures/memory.ts';
import { otpGroup } from './figures/otp.ts';
import { parkGroup } from './figures/park.ts';
import { reportsGroup } from './figures/reports.ts';

/** Everything that is measured, in the order of the page. */
export const groups: readonly Group[] = [
  callersGroup,
  appsGroup,
  latencyGroup,
  otpGroup,
  memoryGroup,
  parkGroup,
  reportsGroup,
  gatewayGroup,
  clusterGroup,
  againstGroup,
];
