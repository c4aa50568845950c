import type { Background, Greeting, Piece } from './greeting.ts';
import { beep, pause, say, speakers } from './pieces.ts';

const {
  joanna,
  salli,
  kendra,
  kimberly,
  ivy,
  matthew,
  justin,
  joey,
  amy,
  brian,
  vicki,
  hans,
  lea,
  conchita,
  enrique,
  giorgio,
  vitoria,
  ewa,
  maxim,
  lotte,
} = speakers;

const machine = (name: string, pieces: readonly Piece[], background?: readonly [Background, number]): Greeting => ({
  name,
  answerer: 'machine',
  set: 'tuning',
  pieces: [pause(400), ...pieces],
  ...(background && { background: { kind: background[0], below: background[1] } }),
});

const LONG = 'Hello, you have reached Anna. I cannot take your call right now. Please leave a message after the tone.';
const CARRIER = 'The person you are calling is not available. Please leave your message after the tone.';

export const machines: readonly Greeting[] = [
  machine('long, beep 1000 Hz', [say(LONG, joanna()), pause(400), beep(1000, 400)]),
  machine('long, man, beep 440 Hz', [say(LONG, matthew()), pause(400), beep(440, 300)]),
  machine('long, no beep', [say(LONG, kendra())]),
  machine('long, quick', [say(LONG, joey({ rate: 140 })), beep(850, 250)]),
  machine('long, slow', [say(LONG, salli({ rate: 75 })), beep(1400, 500)]),
  machine('carrier, beep 1400 Hz', [say(CARRIER, amy()), pause(500), beep(1400, 300)]),
  machine('pause after Hello', [say('Hello.', justin()), pause(500), say(LONG, justin()), beep(1000, 300)]),
  machine('pause after the name', [
    say('You have reached', ivy()),
    pause(600),
    say('Anna Smith.', kimberly()),
    pause(600),
    say(CARRIER, ivy()),
  ]),
  machine('short with beep soon', [say('Leave a message.', brian()), pause(300), beep(1000, 400)]),
  machine('very short with beep at once', [say('Record now', amy()), pause(100), beep(620, 200)]),
  machine('in white noise', [say(LONG, matthew())], ['white', 20]),
  machine('recorded in a room', [say(LONG, kimberly()), beep(950, 400)], ['room', 20]),
  machine('recorded on the street', [say(LONG, joey())], ['street', 15]),
  machine('quiet', [say(CARRIER, ivy(), 0.2), beep(1000, 400, 2000)]),
  machine('German', [
    say('Hier ist der Anschluss von Familie Schmidt. Bitte sprechen Sie nach dem Ton.', hans()),
    beep(1000, 400),
  ]),
  machine('French', [say('Vous êtes bien sur la messagerie de Claire. Laissez un message après le bip.', lea()), beep(800, 300)]),
  machine('Spanish', [say('El teléfono al que llama está apagado o fuera de cobertura.', enrique())]),
  machine('number read out', [say('You have reached 4 1 5 5 5 5 0 1 2 3. Leave a message.', salli())]),
  machine('late greeting', [pause(1500), say(LONG, amy()), beep(1000, 300)]),
  machine('fax machine', [{ kind: 'tones', hz: [2100], ms: 3300, peak: 5000 }]),

  machine('long, beep 1200 Hz', [
    say('Hi, this is Peter. Sorry I missed you. Leave your name and number and I will call back.', justin()),
    pause(300),
    beep(1200, 500),
  ]),
  machine('long, high voice', [say(LONG, ivy({ pitch: 30 })), beep(2000, 250)]),
  machine('long, deep voice', [say(LONG, brian({ pitch: -25 })), beep(500, 400)]),
  machine('cheerful and quick', [
    say('Hey there! You know what to do, so do it after the beep!', kimberly({ rate: 135, pitch: 20 })),
    beep(1633, 200),
  ]),
  machine('carrier, slow', [
    say('Your call has been forwarded to an automatic voice message system.', kendra({ rate: 85 })),
    pause(300),
    beep(440, 500),
  ]),
  machine('pause after Hi', [
    say('Hi.', joanna()),
    pause(650),
    say('You have reached the voice mail of Joanna. Leave a message.', joanna()),
  ]),
  machine('name in another voice', [
    say('The mailbox of', amy()),
    pause(300),
    say('Tom', joey()),
    pause(300),
    say('is full. Goodbye.', amy()),
  ]),
  machine('short with beep', [say('Speak after the tone', matthew()), pause(200), beep(1000, 300)]),
  machine('short, weak beep', [say('Leave a message', salli()), pause(400), beep(1300, 300, 2000)], ['white', 30]),
  machine('very short, beep of 150 ms', [say('After the beep', joey()), pause(250), beep(2400, 150)]),
  machine('short, beep only after a second', [say('Leave a message.', amy()), pause(1100), beep(1000, 400)]),
  machine('in strong white noise', [say(LONG, kendra())], ['white', 14]),
  machine('recorded in a bar', [say(LONG, matthew())], ['crowd', 18]),
  machine('recorded beside a road', [say(CARRIER, joanna()), beep(1000, 300)], ['street', 12]),
  machine('with strong hum', [say(LONG, salli())], ['hum', 16]),
  machine('German, mailbox', [say('Der gewünschte Gesprächspartner ist zur Zeit nicht erreichbar.', vicki()), beep(1000, 300)]),
  machine('Spanish, mailbox', [
    say('Ha llamado al buzón de voz. Deje su mensaje después de la señal.', conchita()),
    beep(900, 300),
  ]),
  machine('Italian, mailbox', [
    say('Risponde la segreteria telefonica. Lasciate un messaggio dopo il segnale acustico.', giorgio()),
    beep(1000, 300),
  ]),
  machine('Portuguese, mailbox', [say('Sua chamada está sendo encaminhada para a caixa postal.', vitoria()), beep(425, 400)]),
  machine('Polish, mailbox', [say('Abonent jest czasowo niedostępny. Prosimy zadzwonić później.', ewa())]),
  machine('Russian, mailbox', [say('Абонент временно недоступен. Оставьте сообщение после сигнала.', maxim()), beep(1000, 300)]),
  machine('Dutch, mailbox', [say('U bent verbonden met de voicemail van Lotte. Spreek na de piep.', lotte()), beep(1100, 300)]),
  machine('number not in service, after special information tones', [
    { kind: 'tones', hz: [914], ms: 330, peak: 5000 },
    { kind: 'tones', hz: [1371], ms: 330, peak: 5000 },
    { kind: 'tones', hz: [1777], ms: 330, peak: 5000 },
    pause(300),
    say('The number you have dialled is not in service.', kimberly()),
  ]),
  // Hard by the rules: a pause as long as that after the Hello of a person.
  machine('pause of a second after Hello', [say('Hello.', brian()), pause(1000), say(LONG, brian()), beep(1000, 300)]),
  machine('name alone, beep after two seconds', [say('Anna Smith.', salli()), pause(2000), beep(1000, 300)]),
  machine('beep without words', [pause(800), beep(1000, 500)]),
];
