import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AnyCommand } from '../../src/plivo/command.ts';
import { commands } from '../../src/plivo/commands.ts';
import { type Answer, ask, basicOf, filled, namesThings, type Route, routesOf } from './asking.ts';
import { createEstate, type Estate, MARK } from './estate.ts';
import { requests } from './requests.ts';
import { TableSums } from './table-sums.ts';

const hasThings = ({ path }: Route): boolean => /\{(?!auth_id|service)\w+\}/.test(path);
const isPublic = ({ name }: AnyCommand): boolean => requests[name]?.isPublic !== undefined;

describe('what belongs to one account nobody else reads or changes', () => {
  let estate: Estate;
  let sums: TableSums;
  let before_: ReadonlyMap<string, string>;
  let picture: string;
  before(async () => {
    estate = await createEstate();
    sums = await TableSums.of(estate.rig.fixture.database.storage.pool);
    before_ = await theirs();
    picture = estate.live.picture();
  });
  after(() => estate.rig.close());

  /** Not the branch: it is a tenant of its own, which may make things. */
  const theirs = () => sums.take([estate.owner.authId, estate.ids.subaccount ?? '']);

  /** Nothing of the owner's is in a reply, and nothing of it has changed. */
  async function unharmed(said: string, { status, text }: Answer): Promise<void> {
    assert.ok(!text.includes(MARK), `${said} answered ${status} and shows ${text.slice(0, 500)}`);
    if (status < 300) {
      for (const [name, id] of Object.entries(estate.ids)) {
        if (id.length >= 10 && !PUBLIC_IDS.has(name))
          assert.ok(!text.includes(id), `${said} answered ${status} and shows ${name}`);
      }
    }
    assert.ok(status < 500, `${said} answered ${status} ${text}`);
  }
  async function unchanged(said: string): Promise<void> {
    assert.deepEqual(await theirs(), before_, `${said} has changed rows`);
    assert.equal(estate.live.picture(), picture, `${said} has changed a live call`);
  }

  /** Who asks below which account, what that is called, and the status of everything there. */
  const refusedAtTheDoor = () => {
    const { owner, branch, stranger, strangeBranch, token } = estate;
    const wrong = { ...owner, authToken: stranger.authToken };
    return [
      ['another account', owner.authId, basicOf(stranger)],
      ['a subaccount of another account', owner.authId, basicOf(strangeBranch)],
      ['its own subaccount', owner.authId, basicOf(branch)],
      ['another account, below the subaccount', estate.ids.subaccount ?? '', basicOf(stranger)],
      ['a sibling, below the subaccount', estate.ids.subaccount ?? '', basicOf(branch)],
      ['a wrong token', owner.authId, basicOf(wrong)],
      ['nobody', owner.authId, undefined],
      ['an access token', owner.authId, `Bearer ${token}`],
      ['an access token for a password', owner.authId, basicOf({ ...owner, authToken: token })],
    ] as const;
  };

  for (const command of commands) {
    for (const route of routesOf(command)) {
      const name = route.path === `/v1/Account/{auth_id}/${command.path}` ? command.name : `${command.name} as ${route.path}`;
      it(name, async () => {
        for (const [who, authId, authorization] of refusedAtTheDoor()) {
          // A path without account is one of the account of the credentials.
          const isOfTheAsker = !route.path.includes('{auth_id}') && authorization?.startsWith('Basic') && who !== 'a wrong token';
          if (isOfTheAsker && !who.startsWith('an access')) continue;
          const answer = await ask(estate, route, authId, authorization);
          assert.equal(answer.status, 401, `${who}: ${name} answered ${answer.status} ${answer.text}`);
          await unharmed(`${who}: ${name}`, answer);
        }
        for (const [who, asker] of [
          ['another account', estate.stranger],
          ['a subaccount of another account', estate.strangeBranch],
          ['its own subaccount', estate.branch],
        ] as const) {
          const answer = await ask(estate, route, asker.authId, basicOf(asker));
          const said = `${who}, below itself: ${name}`;
          await unharmed(said, answer);
          const isSub = asker.authId.startsWith('SA');
          if (isPublic(command)) assert.ok(answer.status < 300, `${said} answered ${answer.status} ${answer.text}`);
          else if (isSub && command.audience === 'main') assert.equal(answer.status, 403, said);
          else if (hasThings(route)) assert.equal(answer.status, 404, `${said} answered ${answer.status} ${answer.text}`);
          else if (namesThings(command))
            assert.ok([400, 403, 404].includes(answer.status), `${said} answered ${answer.status} ${answer.text}`);
          else assert.ok(answer.status < 300 || answer.status === 403, `${said} answered ${answer.status} ${answer.text}`);
        }
        await unchanged(name);
      });
    }
  }

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
    await fixture.services.accounts.update(owner.authId, { settings: { apiRequestsPer5s: 0, recordingAuth: true } }, new Date());
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
        const { statusCode } = await http.inject({
          method,
          url,
          headers: { ...(authorization !== undefined && { authorization }) },
        });
        assert.equal(statusCode, 401, `${method} ${path} for ${authorization}`);
      }
    }
  });

  it('and the owner would have been served: each request is right', async () => {
    const ticking = setInterval(() => void estate.live.pass(5), 1);
    try {
      const last = commands.toSorted((a, b) => rank(a) - rank(b));
      for (const command of last) {
        const [route] = routesOf(command);
        assert.ok(route);
        const { status, text } = await ask(estate, route, estate.owner.authId, basicOf(estate.owner));
        const expected = requests[command.name]?.owner?.[0];
        const path = filled(route.path, command, estate, '');
        if (expected !== undefined) assert.equal(status, expected, `${command.name} ${path} answered ${status} ${text}`);
        else assert.ok(status < 300, `${command.name} ${path} answered ${status} ${text}`);
      }
    } finally {
      clearInterval(ticking);
    }
  });
});

/** What belongs to nobody. */
const PUBLIC_IDS = new Set(['document_type_id', 'compliance_requirement_id']);

/** Reading first, then changing, then what ends things: those inside others before the others. */
function rank({ method, path, name }: AnyCommand): number {
  if (method === 'GET') return 0;
  if (method !== 'DELETE') return /^(hang-up|kick|end)/.test(name) ? 3 : 1;
  return /Call|Conference/.test(path) ? 4 - path.split('/').length / 100 : 5 - path.split('/').length / 100;
}

function operatorRoutes(
  printed: string,
): readonly { readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'; readonly path: string }[] {
  return printed.split('\n').flatMap((line) => {
    const [, path, verbs] = /(\/ringdown\/v1\/\S+) \(([A-Z, ]+)\)/.exec(line) ?? [];
    if (path === undefined || verbs === undefined) return [];
    return (['GET', 'POST', 'PUT', 'DELETE'] as const)
      .filter((verb) => verbs.split(', ').includes(verb))
      .map((method) => ({ method, path }));
  });
}
