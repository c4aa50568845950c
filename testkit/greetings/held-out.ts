import type { Answerer, Background, Greeting, Piece, Tune } from './greeting.ts';
import { beep, pause, say, speakers } from './pieces.ts';

const { joanna, salli, kendra, kimberly, ivy, matthew, justin, joey, amy, brian } = speakers;
const { vicki, hans, lea, mathieu, conchita, enrique, carla, giorgio, ricardo, ewa, maxim, lotte, filiz } = speakers;

const answer =
  (answerer: Answerer) =>
  (name: string, pieces: readonly Piece[], background?: readonly [Background, number]): Greeting => ({
    name,
    answerer,
    set: 'held-out',
    pieces,
    ...(background && { background: { kind: background[0], below: background[1] } }),
  });
const person = answer('person');
const machine = answer('machine');
const neither = answer('neither');

const tones = (hz: readonly number[], ms: number, peak = 4500): Piece => ({ kind: 'tones', hz, ms, peak });
const music = (tune: Tune, ms: number): Piece => ({ kind: 'music', tune, ms });

/** Answers that were written after the last change of a threshold. */
export const heldOut: readonly Greeting[] = [
  person('Hello there', [pause(250), say('Hello there', kimberly())]),
  person('Yep', [pause(500), say('Yep', joey())]),
  person('Speaking', [pause(700), say('Speaking', brian())]),
  person('Good evening, who is this?', [pause(300), say('Good evening, who is this?', amy())]),
  person('Jones', [pause(400), say('Jones', justin())]),
  person('Hello, John Miller', [pause(200), say('Hello, John Miller', matthew({ rate: 90 }))]),
  person('Hi, Sara here, what is up?', [pause(350), say('Hi, Sara here, what is up?', ivy())]),
  person('cut off Hello', [say('Hello?', salli())]),
  person('Hello, hello?', [pause(300), say('Hello?', kendra()), pause(350), say('Hello?', kendra())]),
  person('cough of noise, then Hello', [tones([180, 370, 610], 60), pause(500), say('Hello?', justin())]),
  person('Hello in a driving car', [pause(600), say('Hello, yes?', matthew())], ['street', 10]),
  person('Hello in an office', [pause(300), say('Hello?', joanna())], ['crowd', 24]),
  person('faint Hello in a quiet room', [pause(400), say('Hello?', amy(), 0.12)], ['white', 45]),
  person('slow, low Yes', [pause(900), say('Yes, please?', brian({ rate: 70, pitch: -30 }))]),
  person('German: Schmidt', [pause(300), say('Schmidt, guten Tag', vicki())]),
  person('German: Hallo, wer ist da?', [pause(300), say('Hallo, wer ist da?', hans())]),
  person('French: Allô, oui?', [pause(300), say('Allô, oui?', mathieu())], ['room', 20]),
  person('Spanish: ¿Bueno?', [pause(300), say('¿Bueno?', conchita())]),
  person('Italian: Sì, pronto', [pause(300), say('Sì, pronto', carla())]),
  person('Portuguese: Estou?', [pause(300), say('Estou?', ricardo())]),
  person('Dutch: Hallo, met Jan', [pause(300), say('Hallo, met Jan', lotte({ pitch: -10 }))]),
  person('Turkish: Efendim', [pause(300), say('Efendim', filiz())]),
  person('shop with a slogan', [pause(300), say('Bike World, good morning, you are speaking to Tim', joey())]),

  machine('voice mail of a company', [
    pause(300),
    say('Thank you for calling Acme. Our office is closed. Please call back on Monday.', kimberly()),
  ]),
  machine('family, beep 660 Hz', [
    pause(600),
    say('You have reached the Millers. We are not home. Leave us a message!', brian()),
    pause(300),
    beep(660, 350),
  ]),
  machine('young, quick, beep 1500 Hz', [
    pause(300),
    say('Yo, it is Max. Text me, I never listen to these.', ivy({ rate: 150 })),
    beep(1500, 200),
  ]),
  machine('carrier in two pieces', [
    pause(900),
    say('We are sorry.', salli()),
    pause(450),
    say('The number you have dialled cannot be reached at the moment.', salli()),
  ]),
  machine('very slow', [pause(300), say('Please leave a message.', amy({ rate: 60 })), pause(200), beep(1000, 400)]),
  machine('three words and a beep', [pause(300), say('Message for Tom', matthew()), pause(150), beep(750, 180)]),
  machine('no words in common, beep 2200 Hz', [pause(300), say('Beep beep!', joanna()), pause(350), beep(2200, 300)]),
  machine(
    'weak line',
    [pause(300), say('Hi, you have reached Paul, I am not in, please leave a message', justin(), 0.12)],
    ['white', 40],
  ),
  machine('in a car', [pause(300), say('Hi, this is Kate, I cannot talk, leave me a message', kendra())], ['street', 11]),
  machine('in an office', [pause(300), say('Hi, this is Kate, I cannot talk, leave me a message', salli())], ['crowd', 20]),
  machine('music, then an announcement', [
    music('piano', 1500),
    say('Welcome to Acme. Press one for sales, press two for support.', kendra()),
  ]),
  machine('German: Anrufbeantworter', [
    pause(300),
    say('Guten Tag, leider bin ich nicht da. Nachrichten nach dem Signalton.', vicki()),
    beep(1000, 300),
  ]),
  machine('French: répondeur', [
    pause(300),
    say('Bonjour, je ne suis pas disponible, laissez-moi un message.', mathieu()),
    beep(440, 300),
  ]),
  machine('Spanish: contestador', [
    pause(300),
    say('Hola, ahora no puedo atenderte. Deja tu mensaje.', enrique()),
    beep(1000, 300),
  ]),
  machine('Italian: non raggiungibile', [pause(300), say('Il cliente da lei chiamato non è al momento raggiungibile.', carla())]),
  machine('Polish: poczta głosowa', [pause(300), say('Tu poczta głosowa. Zostaw wiadomość po sygnale.', ewa()), beep(1000, 300)]),
  machine('Russian: автоответчик', [
    pause(300),
    say('Здравствуйте, меня нет дома. Оставьте сообщение.', maxim()),
    beep(1000, 300),
  ]),
  machine('name with a pause of 900 ms', [pause(300), say('Giorgio.', giorgio()), pause(900), beep(1000, 300)]),
  machine('fax that calls', [pause(300), tones([1100], 500), pause(3000), tones([1100], 500)]),
  machine('special information tones, second kind', [
    tones([985], 330),
    tones([1429], 330),
    tones([1777], 330),
    pause(400),
    say('Your call cannot be completed.', lea()),
  ]),

  neither('nothing but faint noise', [], ['white', 45]),
  neither('wind', [], ['street', 10]),
  neither('mains hum', [], ['hum', 22]),
  neither('ring-back, India', [
    pause(150),
    tones([375, 400, 425], 400),
    pause(200),
    tones([375, 400, 425], 400),
    pause(2000),
    tones([375, 400, 425], 400),
    pause(200),
    tones([375, 400, 425], 400),
  ]),
  neither('ring-back that swings slowly', [tones([383, 400, 417], 1000), pause(4000), tones([383, 400, 417], 1000)]),
  neither('ring-back, Germany', [pause(200), tones([425], 1000), pause(4000), tones([425], 1000)]),
  neither('busy, Germany', Array.from({ length: 9 }, () => [tones([425], 480), pause(480)]).flat()),
  neither('busy after a pause', [pause(1500), { kind: 'network', tone: 'busy', ms: 8000 }]),
  neither('one key, twice', [pause(1000), { kind: 'keys', digits: '55' }, pause(1500), { kind: 'keys', digits: '55' }]),
  neither('keys in noise', [pause(600), { kind: 'keys', digits: '0802*' }], ['white', 22]),
  neither('piano in noise', [music('piano', 9000)], ['room', 20]),
  neither('strings from the start', [music('strings', 9000)]),
  neither('band after a pause', [pause(1200), music('band', 8000)]),
  neither('short jingle', [pause(500), music('bell', 2400)]),
];
