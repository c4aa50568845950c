import assert from 'node:assert/strict';
import type { MessageCarrier, MessageService } from '../src/carriers/carrier.ts';
import { type Route, Router } from '../src/messaging/router.ts';
import { type ApiClient, createTenant } from './api-client.ts';
import { createPlivoFixture, type FixtureOptions, OPERATOR_TOKEN, type PlivoFixture } from './plivo-fixture.ts';
import { ScriptedCarrier } from './scripted-carrier.ts';
import { type ReceivedWebhook, WebhookTarget } from './webhook-target.ts';

/** Own number of the rig's account, a subscriber in the US, and others that need no number of the account as sender. */
export const OWN = '14155550100';
export const PHONE = '14155550123';

/** What waits in a test happens within milliseconds; a machine that is busy elsewhere may need seconds. */
const UNTIL_MS = 10_000;

/** One line of a timeline as the operator API gives it. */
export interface TimelineLine {
  readonly at: string;
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The whole program with one scripted carrier `lab`, a postpaid account with a number, and a server of the customer. */
export class MessagingRig {
  readonly fixture: PlivoFixture;
  readonly lab: ScriptedCarrier;
  readonly hooks: WebhookTarget;
  readonly tenant: ApiClient;

  private constructor(fixture: PlivoFixture, lab: ScriptedCarrier, hooks: WebhookTarget, tenant: ApiClient) {
    this.fixture = fixture;
    this.lab = lab;
    this.hooks = hooks;
    this.tenant = tenant;
  }

  static async start(options: FixtureOptions = {}): Promise<MessagingRig> {
    const fixture = await createPlivoFixture(options);
    const lab = new ScriptedCarrier(fixture.clock);
    const hooks = await WebhookTarget.start();
    const rig = new MessagingRig(fixture, lab, hooks, await createTenant(fixture, 'Rig'));
    rig.route([lab]);
    await rig.addNumber(OWN);
    return rig;
  }

  get clock() {
    return this.fixture.clock;
  }

  get messaging() {
    return this.fixture.ringdown.messaging;
  }

  /** Starts the carriers and sends everything to them, in this order of failover. */
  route(carriers: readonly MessageCarrier[], route: Partial<Route> = {}, costMicros = 0): void {
    const services: readonly MessageService[] = ['sms', 'mms', 'whatsapp'];
    const names = carriers.map((carrier) => carrier.name);
    const routes = services.map((service) => ({
      service,
      prefix: '',
      priority: 0,
      carriers: names,
      failoverCodes: ['20', '90', '100', '1000'],
      ...route,
    }));
    this.messaging.carriers.replace({ carriers, router: new Router(routes), costOf: () => costMicros });
    for (const carrier of carriers) carrier.start(this.messaging.events);
  }

  /** Gives a number to the rig's account, or to another owner. */
  async addNumber(number: string, columns: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const row: Record<string, unknown> = {
      number,
      account_id: this.tenant.authId,
      country_iso: 'US',
      type: 'local',
      mms_enabled: true,
      added_at: new Date(this.clock.now()),
      ...columns,
    };
    const names = Object.keys(row);
    await this.query(
      `insert into numbers (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
      Object.values(row),
    );
    this.fixture.services.numberDirectory.invalidateAll();
  }

  /** Makes an application with this message URL and puts it on the number. */
  async answerWith(number: string, path: string, columns: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const made = await this.tenant.post('Application/', {
      app_name: `app${path.replaceAll('/', '-')}`,
      message_url: this.hooks.url(path),
      ...columns,
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const appId = String(made.body.app_id);
    await this.query('update numbers set app_id = $2 where number = $1', [number, appId]);
    this.fixture.services.numberDirectory.invalidateAll();
    this.fixture.services.applicationDirectory.invalidateAll();
  }

  async setSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.query('update accounts set settings = settings || $2 where auth_id = $1', [
      this.tenant.authId,
      JSON.stringify(settings),
    ]);
    this.fixture.services.directory.invalidate(this.tenant.authId);
  }

  /** Sends and expects 202; the ids of the messages. */
  async send(body: Readonly<Record<string, unknown>> = {}, by: ApiClient = this.tenant): Promise<readonly string[]> {
    const { status, body: reply } = await by.post('Message/', { src: OWN, dst: PHONE, text: 'Hello', ...body });
    assert.equal(status, 202, JSON.stringify(reply));
    assert.ok(Array.isArray(reply.message_uuid));
    return reply.message_uuid.map(String);
  }

  async sendOne(body: Readonly<Record<string, unknown>> = {}, by: ApiClient = this.tenant): Promise<string> {
    const [id] = await this.send(body, by);
    assert.ok(id !== undefined);
    return id;
  }

  /** Rows of any statement. */
  async query<Row extends object = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.fixture.database.storage.pool.query<Row>(text, [...values])).rows;
  }

  async stateOf(id: string): Promise<string> {
    const [row] = await this.query<{ state: string; error_code: string | null }>(
      'select state, error_code from messages where id = $1',
      [id],
    );
    if (!row) return 'unknown';
    return row.error_code === null || row.error_code === '000' ? row.state : `${row.state} ${row.error_code}`;
  }

  /** Waits until the message is in the state, `failed 420` naming the error code too. */
  async reaches(id: string, state: string): Promise<void> {
    let last = '';
    await this.until(
      async () => {
        last = await this.stateOf(id);
        return last === state;
      },
      () => `message is ${last}, not ${state}`,
    );
  }

  /** Moves time by steps until the condition holds; what database and sockets do takes real time meanwhile. */
  async until(condition: () => boolean | Promise<boolean>, what: () => string = () => 'it did not happen', stepMs = 10) {
    const end = Date.now() + UNTIL_MS;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(what());
      await this.clock.advance(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Lets `ms` pass in steps in which work of the database can end. */
  async pass(ms: number, stepMs = 100): Promise<void> {
    const end = this.clock.now() + ms;
    await this.until(() => this.clock.now() >= end, undefined, stepMs);
  }

  /** Status callbacks of a message, in the order they came. */
  callbacks(id: string): readonly ReceivedWebhook[] {
    return this.hooks.received.filter((hook) => hook.params.MessageUUID === id);
  }

  statuses(id: string): readonly string[] {
    return this.callbacks(id).map(({ params }) => `${params.Sequence} ${params.Status}`);
  }

  async operator(path: string, headers: Readonly<Record<string, string>> = { authorization: `Bearer ${OPERATOR_TOKEN}` }) {
    return this.fixture.http.inject({ url: `/ringdown/v1/${path}`, headers });
  }

  async timeline(id: string): Promise<readonly TimelineLine[]> {
    const reply = await this.operator(`timeline/${id}`);
    assert.equal(reply.statusCode, 200, reply.body);
    return reply.json().entries;
  }

  /** Every text and JSON value of every table that holds `needle`, as `table.column`. */
  async placesOf(needle: string): Promise<readonly string[]> {
    const columns = await this.query<{ name: string; column: string }>(
      `select c.relname as name, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0
         and not a.attisdropped order by 1, 2`,
    );
    const places: string[] = [];
    for (const { name, column } of columns) {
      const found = await this.query(`select from ${name} where position($1 in "${column}"::text) > 0 limit 1`, [needle]);
      if (found.length > 0) places.push(`${name}.${column}`);
    }
    return places;
  }

  async close(): Promise<void> {
    await this.fixture.close();
    await this.hooks.stop();
  }
}
