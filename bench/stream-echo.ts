/** The application of `streams.ts`: a process of its own that sends every piece of audio back at once. Tells its URL to its parent. */
import { StreamApp } from '../testkit/stream-app.ts';

const app = await StreamApp.start();
app.onMessage = (message, connection) => {
  connection.socket.send(JSON.stringify(message));
  // Nothing is looked at afterwards.
  connection.messages.length = 0;
};
process.send?.(app.url());
