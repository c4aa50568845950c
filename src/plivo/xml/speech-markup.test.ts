import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { XmlError } from './document.ts';
import { parseSpeechMarkup } from './speech-markup.ts';

function refused(text: string, reason: RegExp): void {
  assert.throws(
    () => parseSpeechMarkup(text),
    (error) => error instanceof XmlError && reason.test(error.message),
  );
}

describe('a text of the Speak API that is markup', () => {
  const pause = ['Wait ', { name: 'break', attributes: { time: '1s' }, content: [] }, 'here'];

  it('may have its root element or not', () => {
    assert.deepEqual(parseSpeechMarkup('Wait <break time="1s"/> here'), pause);
    assert.deepEqual(parseSpeechMarkup('<speak>Wait <break time="1s"/> here</speak>'), pause);
    assert.deepEqual(
      parseSpeechMarkup('<?xml version="1.0"?>\n<speak version="1.1">Wait <break time="1s"/> here</speak>'),
      pause,
    );
  });

  it('must be well-formed; what is wrong is told with its place in the text as given', () => {
    refused('Tom & Jerry', /^1:5: an ampersand must be written &amp;$/);
    refused('<p>one\n</q>', /^2:\d+: /);
    refused('a</speak><speak>b', /^1:\d+: /);
    refused('<speak>a</speak><speak>b</speak>', /^1:\d+: /);
  });

  it('must hold markup that voices understand, and something to say', () => {
    refused('<s><p>x</p></s>', /<p> cannot stand in <s>/);
    refused('<break time="1h"/>', /time="1h"/);
    refused('', /the text is empty/);
    refused('x'.repeat(3_001), /3000 are the most/);
  });
});
