/**
 * Voice XML documents for tests: twelve that together show how a call runs, and those that must end a call with code 8011.
 * Their URLs lead to the servers given, so that the same documents serve tests of the parser and calls that run them.
 */
export interface DocumentServers {
  /** The application, such as `http://127.0.0.1:9000`. */
  readonly app: string;
  /** Audio files. */
  readonly files: string;
  /** WebSocket server, `ws:` or `wss:`. */
  readonly stream: string;
}

export const exampleServers: DocumentServers = {
  app: 'https://ivr.example.net',
  files: 'https://cdn.example.net',
  stream: 'wss://bot.example.net',
};

export function conformanceDocuments({ app, files, stream }: DocumentServers = exampleServers) {
  return {
    lazyAnswer: '<Response><Wait length="3"/><Speak loop="2">You have reached the lab.</Speak></Response>',
    rejection: '<Response><Hangup reason="busy"/><Speak>never heard</Speak></Response>',
    earlyMedia: `<Response><PreAnswer><Speak>Please hold.</Speak><Wait length="1"/><Play>${files}/ring.mp3</Play></PreAnswer><Speak>Connected.</Speak></Response>`,
    keypadMenu: `<Response>
  <GetDigits action="${app}/menu?step=1&amp;lang=en" method="POST" numDigits="1" timeout="4" retries="2" validDigits="12" invalidDigitsSound="${files}/no.wav">
    <Speak>Press one or two.</Speak>
  </GetDigits>
  <Speak>Goodbye.</Speak><Hangup/>
</Response>`,
    speechOrKeys: `<Response>
  <GetInput action="${app}/said#rt=3000&amp;rc=0" inputType="dtmf speech" executionTimeout="8" hints="sales, support" redirect="false" interimSpeechResultsCallback="${app}/interim" log="false"><Play>${files}/ask.mp3</Play></GetInput>
  <Speak>Thank you.</Speak>
</Response>`,
    simultaneousRing: `<Response>
  <Dial callerId="+14155550100" timeout="20" confirmSound="${app}/confirm" confirmKey="5" callbackUrl="${app}/legs" action="${app}/done" digitsMatchBLeg="99">
    <Number>+14155550111</Number><Number sendDigits="ww42#">+14155550112</Number>
  </Dial>
  <Speak>Not reached when done returns XML.</Speak>
</Response>`,
    sequentialHunt: `<Response>
  <Dial timeout="10" redirect="false" action="${app}/try1"><Number>+14155550121</Number></Dial>
  <Dial timeout="10"><Number>+14155550122</Number></Dial>
  <Record action="${app}/vm" redirect="false" maxLength="30" finishOnKey="*" transcriptionType="auto" transcriptionUrl="${app}/text" callbackUrl="${app}/vmfile"/>
  <Speak>Saved.</Speak>
</Response>`,
    sipLeg: `<Response>
  <Record recordSession="true" startOnDialAnswer="true" maxLength="3600" recordChannelType="stereo" callbackUrl="${app}/rec"/>
  <Dial dialMusic="real" sipHeaders="Ticket=A17,Plivo-x=1"><User sipAuthUsername="lab" sipAuthPassword="s3cretpass">sip:desk7@pbx.example.net</User></Dial>
</Response>`,
    speechMarkup: `<Response><Speak voice="Polly.Joanna" language="en-US">${MARKED_UP}</Speak></Response>`,
    speechMarkupReadFlat: `<Response><Speak voice="WOMAN" language="en-US">${MARKED_UP}</Speak></Response>`,
    tonesMessageRedirect: `<Response>
  <DTMF async="false">1w2W#</DTMF>
  <Message src="14155550100" dst="14155550131&lt;14155550132" type="sms" callbackUrl="${app}/dlr">Your ticket is open</Message>
  <Redirect method="GET">${app}/next?from=10</Redirect>
  <Speak>dead code</Speak>
</Response>`,
    roomAndTimer: `<Response>
  <Hangup schedule="600"/>
  <Conference startConferenceOnEnter="false" waitSound="${app}/hold" callbackUrl="${app}/room" action="${app}/left">standup</Conference>
</Response>`,
    multiPartyRoom: `<Response>
  <Hangup schedule="600"/>
  <MultiPartyCall role="Customer" onExitActionUrl="${app}/left">standup</MultiPartyCall>
</Response>`,
    streamThenSurvey: `<Response>
  <Stream bidirectional="true" keepCallAlive="true" contentType="audio/x-mulaw;rate=8000" extraHeaders="room=7" statusCallbackUrl="${app}/stream">${stream}/ws?room=7</Stream>
  <GetDigits action="${app}/score" numDigits="1"><Speak>Rate us from one to five.</Speak></GetDigits>
</Response>`,
  };
}

const MARKED_UP =
  'Code <say-as interpret-as="digits">4711</say-as><break time="400ms"/>' +
  '<prosody rate="slow" volume="loud">slowly</prosody> <sub alias="kilometres">km</sub>';

/** Answers with status 200 that are no usable document: the call ends with 8011, or 8012 to 8014 where they were not the first. */
export const invalidDocuments: Readonly<Record<string, string>> = {
  nothing: '',
  'only whitespace': ' \n ',
  'a plain word': 'OK',
  JSON: '{"a":1}',
  HTML: '<html><body><p>Not found</p></body></html>',
  'another letter case of the root': '<response/>',
  'a raw ampersand in a URL': '<Response><GetDigits action="https://ivr.example.net/menu?a=1&b=2"/></Response>',
  'a raw ampersand in a text': '<Response><Speak>Tom & Jerry</Speak></Response>',
  'a comment with two hyphens': '<Response><!-- one -- two --><Speak>Hi</Speak></Response>',
  'two documents': '<Response><Speak>Hi</Speak></Response><Response/>',
  'something before the XML declaration': '\n<?xml version="1.0"?><Response/>',
  'an attribute in quotes that holds one': '<Response><Speak voice="WO"MAN">Hi</Speak></Response>',
  'an open element': '<Response><Speak>Hi</Response>',
  'a Number without a number': '<Response><Dial><Number></Number></Dial></Response>',
  'a Dial without destinations': '<Response><Dial/></Response>',
  'a voice that does not speak the language': '<Response><Speak voice="WOMAN" language="hi-IN">Hi</Speak></Response>',
  'an element of another language': '<Response><Speak>Hi</Speak><Reject/></Response>',
  'nothing that is known': '<Response><Say>Hi</Say></Response>',
  'text alone': '<Response>Hello</Response>',
  'another letter case of an element': '<Response><speak>Hi</speak></Response>',
  'an error in its last element': '<Response><Speak>Hi</Speak><Play></Play></Response>',
};
