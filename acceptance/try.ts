import { call } from './api.ts';
import { Baresip } from './baresip.ts';
import { millisecondsOf } from './tones.ts';
import { startVoice, xml } from './voice.ts';

const suite = await startVoice('try');
try {
  suite.answerWith(xml(`<Play>${suite.tone(800, 2500)}</Play>`));
  const app = await call(suite.server, 'Application/', {
    body: { app_name: 'bare', answer_url: suite.app.url('/endpoint'), hangup_url: suite.app.url('/hangup') },
  });
  const made = await call(suite.server, 'Endpoint/', {
    body: { username: 'alice', password: 'secret99', alias: 'Alice', app_id: app.json.app_id },
  });
  console.log(made.json);
  const phone = await Baresip.start({
    username: String(made.json.username),
    password: 'secret99',
    domain: 'phone.plivo.com',
    sipPort: suite.server.sipPort,
    transport: process.argv[2] === 'tcp' ? 'tcp' : 'udp',
    frequency: 500,
  });
  await phone.waitFor('REGISTER_OK').catch((e) => console.log(e));
  console.log((await call(suite.server, `Endpoint/${made.json.endpoint_id}/`)).json);
  suite.on('/endpoint', xml(`<Play>${suite.tone(800, 2500)}</Play>`));
  phone.command('dial', 'sip:14155550100@phone.plivo.com');
  await phone.waitFor('CALL_CLOSED').catch((e) => console.log(e));
  console.log(
    phone.events,
    suite.app.received.map((r) => [r.path, r.params]),
  );
  console.log(millisecondsOf(800, await phone.heard()));
  await phone.stop();
} finally {
  await suite.dispose();
}
