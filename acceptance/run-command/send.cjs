// What a program of a user looks like: the SDK as it comes, credentials from the environment.
const plivo = require('plivo');

const client = new plivo.Client();

async function main() {
  const { SRC, DST, CALLEE } = process.env;
  const message = await client.messages.create({ src: SRC, dst: DST, text: 'from Node' });
  const call = await client.calls.create(SRC, CALLEE, 'http://127.0.0.1:9/answer');
  const number = await client.lookup.get(SRC);
  console.log(JSON.stringify({ message: message.messageUuid[0], call: call.requestUuid, lookup: number.phoneNumber }));
}

main();
