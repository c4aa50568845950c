import assert from 'node:assert/strict';
import { type ComplianceConfiguration, DEFAULT_DEADLINE_MS, defaultCompliance } from '../src/compliance/configuration.ts';
import type { RegistryCase, Verdict } from '../src/compliance/registry/case.ts';
import { type ApiClient, type ApiReply, createTenant } from './api-client.ts';
import { basic, createPlivoFixture, type FixtureOptions, type PlivoFixture } from './plivo-fixture.ts';

/** A PDF as far as its first bytes tell. */
export const PDF = Buffer.from('%PDF-1.4\nnothing more');

/** The API with a registry in the test's hands: nothing is decided unless the test does. */
export class ComplianceRig {
  readonly fixture: PlivoFixture;
  #numbers = 0;

  private constructor(fixture: PlivoFixture) {
    this.fixture = fixture;
  }

  static async start(configuration: Partial<ComplianceConfiguration> = {}, options: FixtureOptions = {}): Promise<ComplianceRig> {
    const fixture = await createPlivoFixture(options);
    fixture.ringdown.useCompliance({
      ...defaultCompliance,
      registry: { kind: 'operator', deadlineMs: DEFAULT_DEADLINE_MS },
      ...configuration,
    });
    return new ComplianceRig(fixture);
  }

  close(): Promise<void> {
    return this.fixture.close();
  }

  tenant(name: string): Promise<ApiClient> {
    return createTenant(this.fixture, name);
  }

  get compliance() {
    return this.fixture.services.compliance;
  }

  /** The open case about something. */
  async openCase(subjectId: string): Promise<RegistryCase> {
    const open = await this.compliance.cases.list({ pending: true }, 1_000, 0);
    const found = open.find((one) => one.subjectId === subjectId);
    assert.ok(found, `no case about ${subjectId} is open`);
    return found;
  }

  async decide(subjectId: string, verdict: Verdict | Verdict['outcome'] = 'approved'): Promise<void> {
    const { id } = await this.openCase(subjectId);
    const full = typeof verdict === 'string' ? { outcome: verdict } : verdict;
    assert.ok(await this.compliance.casework.decide(id, full, 'test'));
  }

  /** A number of the account. */
  async number(owner: ApiClient, type: 'local' | 'tollfree' | 'mobile' = 'local', country = 'US'): Promise<string> {
    const head = country === 'IN' ? '9180' : type === 'tollfree' ? '1800' : '1415';
    const number = `${head}5551${String(++this.#numbers).padStart(3, '0')}`;
    await this.fixture.database.storage.pool.query(
      `insert into numbers (number, account_id, country_iso, type, added_at) values ($1, $2, $3, $4, now())`,
      [number, owner.authId, country, type],
    );
    return number;
  }

  async profile(owner: ApiClient, given: Record<string, unknown> = {}): Promise<string> {
    const { status, body } = await owner.post('Profile/', { ...PROFILE, ...given });
    assert.equal(status, 200, String(body.error));
    return String(body.profile_uuid);
  }

  /** A brand that the registry has accepted. */
  async brand(owner: ApiClient, given: Record<string, unknown> = {}): Promise<string> {
    const { status, body } = await owner.post('10dlc/Brand/', {
      profile_uuid: given.profile_uuid ?? (await this.profile(owner)),
      brand_alias: 'Corner shop',
      brand_type: 'STANDARD',
      ...given,
    });
    assert.equal(status, 200, String(body.error));
    await this.decide(String(body.brand_id));
    return String(body.brand_id);
  }

  /** A campaign that the registry has accepted. */
  async campaign(owner: ApiClient, given: Record<string, unknown> = {}): Promise<string> {
    const brandId = given.brand_id ?? (await this.brand(owner));
    const { status, body } = await owner.post('10dlc/Campaign/', { ...CAMPAIGN, brand_id: brandId, ...given });
    assert.equal(status, 200, String(body.error));
    await this.decide(String(body.campaign_id));
    return String(body.campaign_id);
  }

  /** A multipart request. */
  async upload(
    who: ApiClient,
    path: string,
    fields: Record<string, string>,
    files: Record<string, { name?: string; bytes: Buffer }> = {},
    method: 'POST' | 'PATCH' = 'POST',
  ): Promise<ApiReply> {
    const boundary = 'boundary-of-tests';
    const parts = [
      ...Object.entries(fields).map(([name, value]) =>
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
      ),
      ...Object.entries(files).flatMap(([name, { name: fileName = 'paper.pdf', bytes }]) => [
        Buffer.from(
          `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${fileName}"\r\nContent-Type: application/pdf\r\n\r\n`,
        ),
        bytes,
        Buffer.from('\r\n'),
      ]),
      Buffer.from(`--${boundary}--\r\n`),
    ];
    const reply = await this.fixture.http.inject({
      method,
      url: `/v1/Account/${who.authId}/${path}`,
      headers: { ...basic(who), 'content-type': `multipart/form-data; boundary=${boundary}` },
      payload: Buffer.concat(parts),
    });
    return { status: reply.statusCode, body: reply.body === '' ? {} : reply.json() };
  }

  /** Parameters of the callbacks that were stored for a URL, oldest first. */
  async told(url: string): Promise<readonly Record<string, unknown>[]> {
    const { rows } = await this.fixture.database.storage.pool.query<{ content: string }>(
      'select content from webhooks where url = $1 order by id',
      [url],
    );
    return rows.map(({ content }) => {
      const parsed: { payload: { json: Record<string, unknown> } } = JSON.parse(content);
      return parsed.payload.json;
    });
  }
}

export const PROFILE = {
  profile_alias: 'Shop',
  customer_type: 'DIRECT',
  entity_type: 'PRIVATE',
  company_name: 'Corner Shop Inc',
  vertical: 'RETAIL',
  ein: '12-3456789',
  ein_issuing_country: 'US',
  website: 'https://shop.example.com',
  address: { street: '1 Main St', city: 'Austin', state: 'TX', postal_code: '78701', country: 'US' },
  authorized_contact: {
    first_name: 'Ana',
    last_name: 'Lopez',
    phone: '+14155550123',
    email: 'ana@shop.example.com',
    title: 'Ms',
    seniority: 'admin',
  },
};

export const CAMPAIGN = {
  campaign_alias: 'Offers',
  vertical: 'RETAIL',
  usecase: 'MARKETING',
  description: 'Weekly offers for customers who asked for them in the shop.',
  sample1: 'Apples are half price until Sunday.',
  sample2: 'Your voucher of this week: 5 dollars off.',
  message_flow: 'Customers sign a form at the till, or tick a box on the web site.',
  help_message: 'Corner Shop: call 415 555 0100 for help.',
  optout_message: 'You will get no more messages from us.',
  subscriber_optin: true,
  subscriber_optout: true,
  subscriber_help: true,
};
