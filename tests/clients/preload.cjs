// Leads every connection to one of Meta's hosts to the simulator's TLS port. The clients are not touched: they ask for
// https://graph.facebook.com as always, and trust the simulator's authority by NODE_EXTRA_CA_CERTS.
'use strict';
const { syncBuiltinESMExports } = require('node:module');
const tls = require('node:tls');

const HOSTS = new Set([
  'graph.facebook.com', 'graph.instagram.com', 'api.instagram.com', 'www.facebook.com', 'www.instagram.com',
  'rupload.facebook.com',
]);
const port = Number(process.env.EVERLONG_SIMULATOR_TLS_PORT);
const connect = tls.connect;

tls.connect = function (...parameters) {
  const options = parameters.find((each) => each !== null && typeof each === 'object');
  if (options && HOSTS.has(options.host)) {
    const moved = { ...options, host: '127.0.0.1', port, servername: options.servername || options.host };
    return connect.apply(this, parameters.map((each) => (each === options ? moved : each)));
  }
  return connect.apply(this, parameters);
};
syncBuiltinESMExports();
