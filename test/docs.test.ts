import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { errorCatalogue } from '../src/errors/catalogue.ts';
import { messageCodes } from '../src/errors/message-codes.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Folders with pages; the others hold none, or those of other projects. */
const FOLDERS = ['docs', 'src', 'testkit', 'acceptance', 'bench'];

const read = (file: string) => readFile(path.join(ROOT, file), 'utf8');
const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );

async function pages(): Promise<readonly string[]> {
  const top = (await readdir(ROOT)).filter((name) => name.endsWith('.md'));
  const below = await Promise.all(
    FOLDERS.map(async (folder) => {
      const names = await readdir(path.join(ROOT, folder), { recursive: true }).catch(() => []);
      return names.filter((name) => name.endsWith('.md') && !name.startsWith('.')).map((name) => path.join(folder, name));
    }),
  );
  return [...top, ...below.flat()];
}

/** A page without its code blocks, whose brackets and names mean something else. */
const prose = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, '');

/** Anchors as hosting sites make them of headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  return new Set(
    [...prose(text).matchAll(/^#{1,6} +(.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
}

test('every relative link of every page leads somewhere', async () => {
  const found = await pages();
  assert.ok(found.includes('README.md') && found.includes(path.join('docs', 'architecture.md')));
  const broken: string[] = [];
  for (const page of found) {
    const text = await read(page);
    for (const [, target = ''] of prose(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/i.test(target)) continue;
      const [file = '', anchor] = target.split('#');
      const place = file === '' ? path.join(ROOT, page) : path.resolve(ROOT, path.dirname(page), file);
      if (!(await exists(place))) broken.push(`${page}: ${target}`);
      else if (anchor && !anchorsOf(await readFile(place, 'utf8')).has(anchor)) broken.push(`${page}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});

test('every npm script that a page names exists', async () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(await read('package.json'));
  for (const page of await pages()) {
    for (const [, name = ''] of (await read(page)).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)) {
      assert.ok(Object.hasOwn(scripts, name), `${page} names npm run ${name}`);
    }
  }
});

test('every command of the CLI that a page names exists', async () => {
  const source = await read('src/cli/ringdown.ts');
  for (const page of await pages()) {
    for (const [, name = ''] of (await read(page)).matchAll(/npm run ringdown -- ([a-z]+)/g)) {
      assert.match(source, new RegExp(`^  ${name}: \\{`, 'm'), `${page} names the command ${name}`);
    }
  }
});

for (const page of ['README.md', 'docs/configuration.md']) {
  test(`${page} lists the environment variables that are read, and no others`, async () => {
    const variable = /\b(?:RINGDOWN_[A-Z_]+|DATABASE_URL|REDIS_URL)\b/g;
    const known = new Set((await read('src/config/environment.ts')).match(variable));
    const rows = (await read(page)).split('\n').filter((line) => line.startsWith('|'));
    const listed = new Set(rows.flatMap((row) => row.split('|')[1]?.match(variable) ?? []));
    assert.deepEqual([...listed].sort(), [...known].sort());
  });
}

test('no page names an environment variable that is not read', async () => {
  const known = await read('src/config/environment.ts');
  for (const page of await pages()) {
    for (const [name] of (await read(page)).matchAll(/\bRINGDOWN_[A-Z_]+\b/g)) {
      assert.ok(known.includes(`'${name}'`), `${page} names ${name}`);
    }
  }
});

test('every error code that a page names exists', async () => {
  for (const page of await pages()) {
    const text = prose(await read(page));
    for (const [, status, name = ''] of text.matchAll(/\b([45]\d\d) `([a-z]+(?:_[a-z]+)+)`/g)) {
      const found = Object.entries(errorCatalogue).find(([code]) => code === name)?.[1];
      assert.equal(String(found?.status), status, `${page} names ${status} ${name}`);
    }
    for (const [, code = ''] of text.matchAll(/\bfail(?:s|ed)? with (?:code )?(\d+)\b/g)) {
      assert.ok(messageCodes.has(code), `${page} names the message code ${code}`);
    }
  }
});

test('every constant that a page names is in the source', async () => {
  const names = (await readdir(path.join(ROOT, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'));
  const source = (await Promise.all(names.map((name) => read(path.join('src', name))))).join('\n');
  const constants = new Set([...source.matchAll(/\bconst ([A-Z][A-Z0-9_]+)\b/g)].map(([, name]) => name));
  for (const [, name = ''] of (await read('docs/architecture.md')).matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`/g)) {
    assert.ok(constants.has(name), name);
  }
});

test('the page of carriers has every option of an SMPP carrier', async () => {
  const source = await read('src/carriers/smpp/options.ts');
  const [, body = ''] = /export interface SmppCarrierOptions \{([\s\S]*?)^\}/m.exec(source) ?? [];
  const options = [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name = '']) =>
    name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  );
  assert.ok(options.length > 20);
  const text = await read('docs/carriers.md');
  for (const option of options) if (option !== 'name') assert.ok(text.includes(`\`${option}\``), option);
});

test('the page of dependencies has every package, and every decision is in the list of decisions', async () => {
  const { dependencies, devDependencies }: Record<string, Record<string, string>> = JSON.parse(await read('package.json'));
  const text = await read('docs/dependencies.md');
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    assert.ok(text.includes(name.startsWith('@types/') ? '@types/*' : `\`${name}\``), name);
  }
  const list = await read('docs/decisions/README.md');
  for (const name of await readdir(path.join(ROOT, 'docs', 'decisions'))) {
    if (name !== 'README.md') assert.ok(list.includes(`(${name})`), name);
  }
});
