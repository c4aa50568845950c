import type { PlivoFixture } from './plivo-fixture.ts';

/** Columns of `messages` by name. */
export type MessageRow = Readonly<Record<string, unknown>>;

/** Stores a message record of `agoMs` milliseconds ago, as sent by the fixture's account; `row` overrides columns. Returns its id. */
export async function storeMessage(fixture: PlivoFixture, agoMs: number, row: MessageRow = {}): Promise<string> {
  const at = fixture.clock.now() - agoMs;
  const id = fixture.services.ids.uuidAt(at);
  const columns: MessageRow = {
    id,
    account_id: fixture.account.authId,
    owner_id: fixture.account.authId,
    direction: 'outbound',
    service: 'sms',
    state: 'queued',
    from_number: '14155550100',
    to_number: '14155550123',
    units: 1,
    rate_micros: 5500,
    amount_micros: 5500,
    transitions: '[]',
    created_at: new Date(at),
    updated_at: new Date(at),
    ...row,
  };
  const names = Object.keys(columns);
  await fixture.database.storage.pool.query(
    `insert into messages (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(columns),
  );
  if (columns.state === 'queued' && columns.direction === 'outbound') {
    await fixture.database.storage.pool.query(
      `insert into outbox (message_id, account_id, sender, node, expires_at, payload) values ($1, $2, $3, 'nobody', 'infinity', '{}')`,
      [id, columns.account_id, columns.from_number],
    );
  }
  return id;
}
