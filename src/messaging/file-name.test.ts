import assert from 'node:assert/strict';
import { validateHeaderValue } from 'node:http';
import { test } from 'node:test';
import { cleanFileName, contentDisposition } from './file-name.ts';

test('a name loses path, control characters and marks that turn text around', () => {
  assert.equal(cleanFileName('../../etc/passwd'), 'passwd');
  assert.equal(cleanFileName('C:\\photos\\menu.jpg'), 'menu.jpg');
  assert.equal(cleanFileName('a\r\nSet-Cookie: x=1\0.png'), 'aSet-Cookie: x=1.png');
  assert.equal(cleanFileName('\u202egpj.exe'), 'gpj.exe');
  assert.equal(cleanFileName('  '), '');
  assert.equal(cleanFileName('x\ud800.png'), 'x\ufffd.png');
  assert.equal(cleanFileName('a'.repeat(300)).length, 255);
  assert.equal(cleanFileName(`${'a'.repeat(254)}🙂`).isWellFormed(), true);
});

test('a name cannot break out of its header', () => {
  for (const name of ['menu.jpg', 'a"; filename=evil.exe', 'straße 🙂.png', "it's (1)*.png", '100%.gif', '\\']) {
    const header = contentDisposition('inline', name);
    validateHeaderValue('content-disposition', header);
    assert.match(header, /^inline; filename="[^"\\%]*"; filename\*=UTF-8''[A-Za-z0-9%._~!-]*$/);
    const encoded = header.split("UTF-8''")[1] ?? '';
    assert.equal(decodeURIComponent(encoded), name);
  }
  assert.equal(contentDisposition('attachment', ''), 'attachment');
});
