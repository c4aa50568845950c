import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeType } from './media-type.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const samples: readonly (readonly [string, Buffer])[] = [
  ['image/jpeg', hex('ffd8ffe000104a464946')],
  ['image/png', hex('89504e470d0a1a0a0000000d')],
  ['image/gif', Buffer.from('GIF89a\x01\x00')],
  ['image/webp', Buffer.from('RIFF\x10\x00\x00\x00WEBPVP8 ', 'latin1')],
  ['image/bmp', hex('424d360000000000000036')],
  ['image/tiff', hex('49492a0008000000')],
  ['image/x-icon', hex('0000010001001010')],
  ['image/xcf', Buffer.from('gimp xcf v011')],
  ['video/mp4', Buffer.from('\0\0\0\x18ftypmp42')],
  ['video/3gpp', Buffer.from('\0\0\0\x18ftyp3gp5')],
  ['video/mpeg', hex('000001ba44')],
  ['audio/mpeg', Buffer.from('ID3\x03\0')],
  ['audio/mp3', hex('fffb9064')],
  ['audio/wav', Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1')],
  ['audio/ogg', Buffer.from('OggS\0\x02')],
  ['audio/aac', hex('fff15080')],
  ['audio/amr', Buffer.from('#!AMR\n')],
  ['audio/midi', Buffer.from('MThd\0\0\0\x06')],
  ['application/pdf', Buffer.from('%PDF-1.7\n')],
  ['application/vnd.ms-excel', hex('d0cf11e0a1b11ae1')],
  ['text/vcard', Buffer.from('BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r\n')],
  ['text/csv', Buffer.from('naïve;Straße\r\n', 'latin1')],
  ['text/plain', Buffer.from('\ufeffhello 🙂\n')],
];

test('every type is believed when the bytes carry its signature', () => {
  for (const [type, bytes] of samples) assert.deepEqual(judgeType(type, bytes), { kind: 'accepted', type }, type);
});

test('parameters, case and the common misspelling of JPEG do not matter', () => {
  assert.deepEqual(judgeType('Text/Plain; charset=utf-8', Buffer.from('x')), { kind: 'accepted', type: 'text/plain' });
  assert.deepEqual(judgeType('image/jpg', hex('ffd8ffe0')), { kind: 'accepted', type: 'image/jpeg' });
});

test('bytes of another kind are a mismatch', () => {
  const html = Buffer.from('<!doctype html><script>alert(1)</script>');
  for (const [type, bytes] of samples) {
    if (type === 'text/plain' || type === 'text/csv' || type === 'application/vnd.ms-excel') {
      assert.equal(judgeType(type, hex('89504e470d0a1a0a0000000d')).kind, 'mismatch', type);
      continue;
    }
    assert.equal(judgeType(type, html).kind, 'mismatch', type);
    assert.equal(judgeType(type, bytes.subarray(0, 1)).kind, 'mismatch', `${type}, one byte`);
  }
});

test('types outside the table are unsupported, whatever the bytes', () => {
  for (const type of ['text/html', 'image/svg+xml', 'application/zip', 'nonsense', '../../etc']) {
    assert.deepEqual(judgeType(type, Buffer.from('x')), { kind: 'unsupported', type });
  }
});

test('without a declared type the signature decides, and what has none is unsupported', () => {
  for (const declared of ['', 'application/octet-stream']) {
    assert.deepEqual(judgeType(declared, hex('ffd8ffe0')), { kind: 'accepted', type: 'image/jpeg' });
    assert.equal(judgeType(declared, Buffer.from('just text')).kind, 'unsupported');
  }
});
