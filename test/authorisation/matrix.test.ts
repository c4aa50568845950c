import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AnyCommand } from '../../src/plivo/command.ts';
import { commands } from '../../src/plivo/commands.ts';
import type { ApiClient } from '../../testkit/api-client.ts';
import { type Answer, ask, basicOf, filled, namesThings, type Route, routesOf } from './asking.ts';
import { createEstate, type Estate, MARK } from './estate.ts';
import { requests } from './requests.ts';
import { TableSums } from './table-sums.ts';

/** What belongs to nobody, and phone numbers: who has sent one may see it again. What the owner says of them is marked. */
const KNOWN_IDS = new Set([
  'document_type_id',
  'compliance_requirement_id',
  ...['number', 'spare_number', 'pooled_number', 'tollfree', 'phone_number'],
]);
/** Their rows have an account and no subaccount: those of the branch are told from its parent's by what refers to them. */
const WITHOUT_SUBACCOUNT = ['compliance_files'];

const hasThings = ({ path }: Route): boolean => /\{(?!auth_id|service)\w+\}/.test(path);

describe('what belongs to one account nobody else reads or changes', () => {
  let estate: Estate;
  let sums: TableSums;
  let rows: ReadonlyMap<string, string>;
  let picture: string;
  before(async () => {
    estate = await createEstate();
    sums = await TableSums.of(estate.rig.fixture.database.storage.pool);
    rows = await theirs();
    picture = estate.live.picture();
  });
  after(() => estate.rig.close());

  /** Without what the branch makes for itself: its things are its parent's too. */
  const theirs = () => sums.take([estate.owner.authId, estate.ids.subaccount ?? ''], estate.branch.authId);

  /** Nothing of the owner's is in a reply. */
  function showsNothing(said: string, { status, text }: Answer, asker?: ApiClient): void {
    const isBranch = asker === estate.branch;
    assert.ok(status < 500, `${said} answered ${status} ${text}`);
    assert.ok(!text.includes(MARK), `${said} answered ${status} and shows ${text.slice(0, 500)}`);
    // A refusal may repeat what was asked for. The branch knows its parent.
    const secret = Object.entries(estate.ids).filter(
      ([name, id]) => status < 300 && id.length >= 10 && !KNOWN_IDS.has(name) && !(isBranch && name === 'auth_id'),
    );
    for (const [name, id] of secret) assert.ok(!text.includes(id), `${said} answered ${status} and shows ${name}`);
  }

  async function changedNothing(said: string, asker?: ApiClient): Promise<void> {
    const [wereRows, wasPicture] = [new Map(rows), picture];
    // Whatever has changed is told once.
    rows = await theirs();
    picture = estate.live.picture();
    if (asker === estate.branch) for (const table of WITHOUT_SUBACCOUNT) wereRows.set(table, rows.get(table) ?? '');
    assert.deepEqual(rows, wereRows, `${said} has changed rows`);
    assert.equal(picture, wasPicture, `${said} has changed a live call`);
  }

  /** Who asks, below which account, with what. */
  const strangersAtTheDoor = () => {
    const { owner, branch, stranger, strangeBranch, token } = estate;
    const sub = estate.ids.subaccount ?? '';
    return [
      { who: 'another account', authId: owner.authId, authorization: basicOf(stranger), isKnown: true },
      { who: 'a subaccount of another account', authId: owner.authId, authorization: basicOf(strangeBranch), isKnown: true },
      { who: 'its own subaccount', authId: owner.authId, authorization: basicOf(branch), isKnown: true },
      { who: 'another account, of the subaccount', authId: sub, authorization: basicOf(stranger), isKnown: true },
      { who: 'a sibling, of the subaccount', authId: sub, authorization: basicOf(branch), isKnown: true },
      { who: 'a wrong token', authId: owner.authId, authorization: basicOf({ ...owner, authToken: stranger.authToken }) },
      { who: 'nobody', authId: owner.authId, authorization: undefined },
      { who: 'an access token', authId: owner.authId, authorization: `Bearer ${token}` },
      { who: 'an access token for a password', authId: owner.authId, authorization: basicOf({ ...owner, authToken: token }) },
    ];
  };

  /** What one who is somebody gets below an own account for what is not theirs. */
  function expectRefusal(said: string, { command, path }: Route, { status, text }: Answer, asker: ApiClient): void {
    const { isPublic, others, incomplete } = requests[command.name] ?? {};
    const isSub = asker.authId.startsWith('SA');
    const expected =
      isSub && command.audience === 'main'
        ? [403]
        : others
          ? [others[0]]
          : incomplete !== undefined
            ? [400]
            : isPublic !== undefined
              ? [200]
              : hasThings({ command, path })
                ? namesThings(command)
                  ? [400, 404]
                  : [404]
                : namesThings(command)
                  ? [400, 403, 404]
                  : [200, 201, 202, 204, 403, 409];
    assert.ok(expected.includes(status), `${said} answered ${status}, not ${expected}: ${text}`);
  }

  for (const command of commands) {
    for (const route of routesOf(command)) {
      const isAlias = route.path !== `/v1/Account/{auth_id}/${command.path}`;
      const name = isAlias ? `${command.name} as ${route.path}` : command.name;
      it(name, async () => {
        for (const { who, authId, authorization, isKnown } of strangersAtTheDoor()) {
          // A path without account is one of the account of the credentials: it is asked below.
          if (isKnown && !route.path.includes('{auth_id}')) continue;
          const answer = await ask(estate, route, authId, authorization);
          assert.equal(answer.status, 401, `${who}: ${name} answered ${answer.status} ${answer.text}`);
          showsNothing(`${who}: ${name}`, answer);
        }
        await changedNothing(`somebody below the account: ${name}`);
        for (const asker of [estate.stranger, estate.strangeBranch, estate.branch]) {
          const said = `${asker === estate.branch ? 'its own subaccount' : asker.authId}, below itself: ${name}`;
          const answer = await ask(estate, route, asker.authId, basicOf(asker));
          expectRefusal(said, route, answer, asker);
          showsNothing(said, answer, asker);
          if (asker !== estate.stranger) await changedNothing(said, asker);
        }
      });
    }
  }

  it('a message from the number of another account fails and is sent nowhere', async () => {
    const { rows: sent } = await estate.rig.fixture.database.storage.pool.query<{ state: string }>(
      'select state from messages where account_id = $1 and from_number = $2',
      [estate.stranger.authId, estate.ids.number],
    );
    assert.ok(sent.length > 0);
    for (const { state } of sent) assert.equal(state, 'failed');
  });

  it('files need what they say they need', async () => {
    const { fixture } = estate.rig;
    const { files, owner, stranger, branch, strangeBranch } = estate;
    const get = async (url: string, authorization?: string) =>
      (await fixture.http.inject({ url, headers: { ...(authorization !== undefined && { authorization }) } })).statusCode;
    assert.equal(await get(files.document, basicOf(owner)), 200);
    for (const who of [stranger, branch, strangeBranch]) {
      assert.equal(await get(files.document, basicOf(who)), 401);
      assert.equal(await get(files.document.replace(owner.authId, who.authId), basicOf(who)), 404);
    }
    assert.equal(await get(files.document), 401);
    for (const file of [files.media, files.recording]) {
      assert.equal(await get(file), 200, 'its random id is the secret');
      for (const who of [stranger, branch, strangeBranch]) assert.equal(await get(file.replace(owner.authId, who.authId)), 404);
    }
    const settings = { apiRequestsPer5s: 0, recordingAuth: true };
    await fixture.services.accounts.update(owner.authId, { settings }, new Date());
    fixture.services.directory.invalidateAll();
    assert.equal(await get(files.recording, basicOf(owner)), 200);
    for (const who of [stranger, branch, strangeBranch]) assert.equal(await get(files.recording, basicOf(who)), 401);
    assert.equal(await get(files.recording), 401);
  });

  it('the operator API is for nobody but the operator', async () => {
    const { http } = estate.rig.fixture;
    const routes = operatorRoutes(http.printRoutes({ commonPrefix: false }));
    assert.ok(routes.length >= 8, JSON.stringify(routes));
    for (const { method, path } of routes) {
      const url = path.replace(':uuid', estate.ids.call_uuid ?? '').replaceAll(/:\w+/g, '14155550123');
      for (const authorization of [undefined, 'Bearer ', 'Bearer x', `Bearer ${estate.token}`, basicOf(estate.owner)]) {
        const headers = { ...(authorization !== undefined && { authorization }) };
        const { statusCode } = await http.inject({ method, url, headers });
        assert.equal(statusCode, 401, `${method} ${path} for ${authorization}`);
      }
    }
  });

  it('and the owner is served: each request was right', async () => {
    const wrong: string[] = [];
    const ticking = setInterval(() => void estate.live.pass(5), 1);
    try {
      for (const command of commands.toSorted((a, b) => rank(a) - rank(b))) {
        const { owner: unlike, incomplete } = requests[command.name] ?? {};
        if (incomplete !== undefined) continue;
        const [route] = routesOf(command);
        assert.ok(route);
        const { status, text } = await ask(estate, route, estate.owner.authId, basicOf(estate.owner));
        const said = `${command.name} ${filled(route.path, command, estate, '')} answered ${status} ${text}`;
        if (unlike ? status !== unlike[0] : status >= 300 && status !== 409) wrong.push(said);
      }
    } finally {
      clearInterval(ticking);
    }
    assert.deepEqual(wrong, []);
  });
});

/** Reading first, then changing, then what takes back, then what ends things: those inside others before the others. */
function rank({ method, path, name }: AnyCommand): number {
  const depth = path.split('/').length / 100;
  if (method === 'GET') return 0;
  if (/^kick/.test(name)) return 3;
  if (method !== 'DELETE') return 1;
  if (/^(un|stop)/.test(name)) return 2 - depth;
  // Its transcription goes with it.
  return /^delete-recording/.test(name) ? 5 : 4 - depth;
}

type Verb = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Of the router's own table, whose lines are such as `/ringdown/v1/timeline/:uuid (GET, HEAD)`. */
function operatorRoutes(printed: string): readonly { readonly method: Verb; readonly path: string }[] {
  return printed.split('\n').flatMap((line) => {
    const [, path, verbs] = /(\/ringdown\/v1\/\S+) \(([A-Z, ]+)\)/.exec(line) ?? [];
    if (path === undefined || verbs === undefined) return [];
    const known = (['GET', 'POST', 'PUT', 'DELETE'] as const).filter((verb) => verbs.split(', ').includes(verb));
    return known.map((method) => ({ method, path }));
  });
}
