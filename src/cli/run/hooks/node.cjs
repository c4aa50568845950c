/**
 * Loaded by NODE_OPTIONS into every Node.js process below `ringdown run`. Most HTTP clients of Node.js know no proxy: their connections to
 * the hosted service are made to the run's own TLS server instead. Only what every release since 14.18 understands is used.
 */
'use strict';
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const { domain, port, tlsPort } = JSON.parse(fs.readFileSync(path.join(__dirname, 'run.json'), 'utf8'));
const below = `.${domain}`;

function isPlivoHost(host) {
  if (typeof host !== 'string') return false;
  const name = host.toLowerCase().replace(/\.$/, '');
  return name === domain || name.endsWith(below);
}

/** The same connection to the run, 80 in plain text and every other port by TLS. */
function led(options) {
  return Object.assign({}, options, { host: '127.0.0.1', port: Number(options.port) === 80 ? port : tlsPort, family: 4 });
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const [first, second] = given;
  if (Array.isArray(first)) {
    // Made by net.connect: options and listener, marked as such, so the array itself has to stay.
    if (first[0] && isPlivoHost(first[0].host)) first[0] = led(first[0]);
  } else if (first !== null && typeof first === 'object') {
    if (isPlivoHost(first.host)) given[0] = led(first);
  } else if (isPlivoHost(second)) {
    const { host, port: ownPort } = led({ port: first });
    given[0] = ownPort;
    given[1] = host;
  }
  return connect.apply(this, given);
};
