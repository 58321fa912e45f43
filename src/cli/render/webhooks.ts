import { isoTime } from '../../operator/dead-letters/view.ts';
import { shownAddress } from '../../settings/kinds.ts';
import type { EndpointState } from '../../webhooks/operations.ts';
import { layOutColumns } from './columns.ts';

/** An endpoint as people may see it: of its address only the beginning. */
export interface EndpointView {
  readonly name: string;
  readonly url: string;
  readonly state: 'on' | 'ended';
  /** ISO 8601; null where it takes events. */
  readonly endedAt: string | null;
  /** Empty = all; likewise `accounts`. */
  readonly types: readonly string[];
  readonly accounts: readonly string[];
  readonly batch: number;
  readonly unread: number | null;
  readonly waiting: number;
  readonly dead: number;
  /** The latest of the dead deliveries. */
  readonly deadDeliveries: readonly DeadDeliveryView[];
}

interface DeadDeliveryView {
  readonly id: string;
  readonly events: number | null;
  readonly why: string;
  readonly tries: number;
  readonly diedAt: string;
}

export function endpointView({
  endpoint,
  endedAt,
  waiting,
  dead,
  unread,
  letters,
}: EndpointState): EndpointView {
  const { name, url, types, accounts, batch } = endpoint;
  return {
    name,
    url: shownAddress(url),
    state: endedAt === undefined ? 'on' : 'ended',
    endedAt: endedAt === undefined ? null : isoTime(endedAt),
    types,
    accounts,
    batch,
    unread: unread ?? null,
    waiting,
    dead,
    deadDeliveries: letters.map(({ id, data, why, tries, diedAt }) => ({
      id,
      events: data?.events ?? null,
      why,
      tries,
      diedAt: isoTime(diedAt),
    })),
  };
}

/** All endpoints for people, and below them the deliveries that were given up. */
export function renderEndpoints(views: readonly EndpointView[], width: number): readonly string[] {
  if (views.length === 0) return ['The settings name no webhook endpoint.'];
  const head = ['ENDPOINT', 'STATE', 'UNREAD', 'WAITING', 'DEAD', 'WHERE, AND WHAT'];
  const rows = views.map((view) => [
    view.name,
    view.endedAt === null ? view.state : `${view.state} ${view.endedAt}`,
    String(view.unread ?? '?'),
    String(view.waiting),
    String(view.dead),
    [view.url, filterOf('types', view.types), filterOf('accounts', view.accounts)].filter(Boolean).join('; '),
  ]);
  return [...layOutColumns([head, ...rows], width), ...renderDead(views, width)];
}

const filterOf = (what: string, values: readonly string[]): string =>
  values.length === 0 ? '' : `${what} ${values.join(', ')}`;

function renderDead(views: readonly EndpointView[], width: number): readonly string[] {
  const rows = views.flatMap(({ name, deadDeliveries }) =>
    deadDeliveries.map(({ id, events, why, tries, diedAt }) => [
      id,
      name,
      diedAt,
      String(tries),
      String(events ?? '?'),
      why,
    ]),
  );
  if (rows.length === 0) return [];
  return [
    '',
    ...layOutColumns([['DEAD DELIVERY', 'ENDPOINT', 'SINCE', 'TRIES', 'EVENTS', 'WHY'], ...rows], width),
  ];
}
