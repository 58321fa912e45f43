import type { KeyGrant } from '../../gateway/keys/grant.ts';
import type { CreatedKey, ListedKey } from '../../gateway/keys/key-operations.ts';
import { isoTime } from '../../operator/dead-letters/view.ts';
import { layOutColumns } from './columns.ts';

/** What a key allows, as people and programs see it; null = all, or for ever. */
export interface GrantView {
  readonly id: string;
  readonly name: string;
  readonly rights: readonly string[];
  readonly accounts: readonly string[] | null;
  readonly lanes: readonly string[] | null;
  readonly ratePerSecond: number | null;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

export interface CreatedView extends GrantView {
  readonly key: string;
}

export type KeyView =
  | { readonly state: 'unreadable'; readonly id: string }
  | (GrantView & { readonly state: 'in-force' | 'over'; readonly lastUsedAt: string | null });

export const createdView = ({ key, grant, createdAt }: CreatedKey): CreatedView => ({
  key,
  ...grantView(grant, createdAt),
});

export function keyView(key: ListedKey): KeyView {
  if (key.state === 'unreadable') return key;
  const { state, grant, createdAt, usedAt } = key;
  const lastUsedAt = usedAt === undefined ? null : isoTime(usedAt);
  return { ...grantView(grant, createdAt), state, lastUsedAt };
}

function grantView(grant: KeyGrant, createdAt: number): GrantView {
  const { id, name, rights, accounts = null, lanes = null, ratePerSecond = null, expiresAt } = grant;
  return {
    id,
    name,
    rights,
    accounts,
    lanes,
    ratePerSecond,
    createdAt: isoTime(createdAt),
    expiresAt: expiresAt === undefined ? null : isoTime(expiresAt),
  };
}

/** What is said beside a key that was made. */
export function renderCreated(view: CreatedView): readonly string[] {
  const limits = limitsOf(view);
  const until = view.expiresAt === null ? 'until it is revoked' : `until ${view.expiresAt}`;
  return [
    `The key ${view.name} (${view.id}) may ${view.rights.join(', ')}${limits === '' ? '' : `, with these limits: ${limits}`}; it is good ${until}.`,
    'It is shown this once and kept nowhere: put it where your secrets are.',
  ];
}

/** All keys for people. */
export function renderKeys(views: readonly KeyView[], width: number): readonly string[] {
  if (views.length === 0) return ['There is no API key. `jetsms keys create --name …` makes one.'];
  const head = ['NAME', 'ID', 'STATE', 'CREATED', 'EXPIRES', 'LAST USED', 'RIGHTS, AND LIMITS'];
  return layOutColumns([head, ...views.map(rowOf)], width);
}

function rowOf(view: KeyView): readonly string[] {
  if (view.state === 'unreadable')
    return ['?', view.id, view.state, '?', '?', '?', 'refused; revoke it by its id'];
  const { name, id, state, createdAt, expiresAt, lastUsedAt, rights } = view;
  const allows = [rights.join(', '), limitsOf(view)].filter(Boolean).join('; ');
  return [name, id, state, createdAt, expiresAt ?? 'never', lastUsedAt ?? 'never', allows];
}

const limitsOf = ({ accounts, lanes, ratePerSecond }: GrantView): string =>
  [
    accounts === null ? '' : `accounts ${accounts.join(', ')}`,
    lanes === null ? '' : `lanes ${lanes.join(', ')}`,
    ratePerSecond === null ? '' : `${ratePerSecond} requests a second`,
  ]
    .filter(Boolean)
    .join('; ');
