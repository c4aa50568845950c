import { startVoice, xml, NUMBER, answeredCall, hangupOf, recordOf, timelineOf } from './voice.ts';
import { Sipp } from './sipp.ts';
import { RtpPhone } from './rtp-phone.ts';
import * as s from './sipp-scenario.ts';
const suite = await startVoice('try');
try {
  suite.answerWith(xml(`<Play>${suite.tone(800, 1500)}</Play>`));
  const phone = await RtpPhone.open();
  const sipp = await Sipp.start({ to: suite.server.sipPort, transport: process.argv[2] as 'udp', scenario: s.scenario(
    s.invite({ number: NUMBER, body: s.sdp({ port: phone.port }), headers: ['X-PH-Ticket: A17'] }),
    s.expect(100, { optional: true }), s.expect(180), s.expect(200), s.request('ACK', 1), s.expectRequest('BYE'), s.respondInside('200 OK')) });
  await sipp.done();
  console.log(phone.packets.length); await phone.hears(800, 1000).catch((e)=>console.log(e, phone.heard().slice(4000,4100)));
  console.log(phone.packets.length);
  const a = await answeredCall(suite, 0);
  console.log(a);
  console.log(JSON.stringify(await timelineOf(suite.server, a.CallUUID))); const h = await hangupOf(suite, a.CallUUID);
  console.log(h);
  console.log(await recordOf(suite.server, a.CallUUID));
  console.log(JSON.stringify(await timelineOf(suite.server, a.CallUUID), null, 1));
  phone.close(); await sipp.stop();
} finally { await suite.dispose(); }
