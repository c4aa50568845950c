import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fillText, fillUrl, fillXml, hasPlaceholders } from './placeholders.ts';

describe('placeholders', () => {
  it('are written as the designer of the hosted service does, or plainly', () => {
    assert.equal(fillText('{{Start.http.params.to}} {{to}} {{ to }}', { to: '+1415' }), '+1415 +1415 +1415');
    assert.equal(fillText('{{customer.name}} {{a.b}}', { customer: { name: 'Ann' }, 'a.b': 3 }), 'Ann 3');
    assert.equal(fillText('{{yes}}{{no}}', { yes: true, no: 0 }), 'true0');
  });

  it('are empty where nothing was given, or nothing that is text', () => {
    assert.equal(
      fillText('[{{missing}}{{list}}{{object}}{{none}}{{constructor}}{{to.length}}]', {
        list: [1],
        object: {},
        none: null,
        to: 'x',
      }),
      '[]',
    );
  });

  it('leave alone what is none', () => {
    for (const text of ['{to}', '{{}}', '{{a b}}', '{{ $x }}']) assert.equal(fillText(text, { to: 'x', a: 'y' }), text);
    assert.equal(hasPlaceholders('{{to}}'), true);
    assert.equal(hasPlaceholders('{to}'), false);
  });

  it('put nothing into a document that is not text there', () => {
    const filled = fillXml('<Speak voice="{{v}}">{{t}}</Speak>', { v: `"'><&`, t: '</Speak><Hangup/>\u0000\u0007' });
    assert.equal(filled, '<Speak voice="&quot;&apos;&gt;&lt;&amp;">&lt;/Speak&gt;&lt;Hangup/&gt;</Speak>');
    assert.equal(fillXml('{{once}}', { once: '{{twice}}', twice: 'no' }), '{{twice}}');
    assert.equal(fillXml('{{half}}', { half: '\ud83d' }), '');
  });

  it('are encoded in a URL', () => {
    assert.equal(fillUrl('http://a.example/{{id}}?x={{x}}', { id: 'a/b', x: '&y=1' }), 'http://a.example/a%2Fb?x=%26y%3D1');
    assert.equal(fillUrl('http://a.example/{{half}}', { half: '\ud83d' }), 'http://a.example/%EF%BF%BD');
  });
});
