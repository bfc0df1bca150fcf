// Devices that are connected to a broker and listen, in as little as that takes: a socket each and three packets of MQTT 3.1.1.
import { connect } from 'node:net';
import { encodeAsk, hopTopics } from '@carelet/care/wire/hop';

/** Logins under way: a broker sees to so many strangers at once. */
const knocking = 50;
const pauseMs = 20;

const counted = (text) => Buffer.concat([Buffer.of(text.length >> 8, text.length & 0xff), Buffer.from(text)]);
const packet = (first, ...parts) => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
  return Buffer.concat([Buffer.of(first, ...length), body]);
};
const greeting = ({ user, password }) =>
  packet(0x10, counted('MQTT'), Buffer.of(4, 0xc2, 0x04, 0xb0), counted(user.slice(0, 23)), counted(user), counted(password));
const listening = ({ topic }) => packet(0x82, Buffer.of(0, 1), counted(hopTopics(topic).down), Buffer.of(0));
const asking = ({ topic }) => packet(0x30, counted(hopTopics(topic).up), encodeAsk(1, 'announcement', {}));

/** A device that listens; `heard` is told of each packet's first byte. */
function device(port, names) {
  const socket = connect({ host: '127.0.0.1', port });
  let rest = Buffer.alloc(0);
  const one = { socket, names, heard: () => {} };
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let whole = lengthOf(rest); whole !== null && whole <= rest.length; whole = lengthOf(rest)) {
      const first = rest[0];
      rest = rest.subarray(whole);
      one.heard(first);
    }
  });
  return one;
}

function lengthOf(bytes) {
  let length = 0;
  for (let at = 1; at < Math.min(bytes.length, 5); at++) {
    length += (bytes[at] & 0x7f) << (7 * (at - 1));
    if (bytes[at] < 0x80) return 1 + at + length;
  }
  return null;
}

const admitted = (one) =>
  new Promise((done, fail) => {
    one.socket.once('close', () => fail(new Error('the broker hung up')));
    one.heard = (first) => {
      if (first === 0x20) one.socket.write(listening(one.names));
      else if (first === 0x90) done();
    };
    one.socket.write(greeting(one.names));
  });

process.once('message', async ({ port, names, speaking }) => {
  const devices = [];
  const waiting = [...names];
  const knock = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const one = device(port, next);
      await admitted(one);
      devices.push(one);
    }
  };
  await Promise.all(Array.from({ length: knocking }, knock));
  let answers = 0;
  const speak = (one) =>
    new Promise((answered) => {
      const ask = () => one.socket.write(asking(one.names));
      one.heard = () => {
        answered();
        answers++;
        setTimeout(ask, pauseMs);
      };
      ask();
    });
  await Promise.all(devices.slice(0, speaking).map(speak));
  answers = 0;
  process.once('message', () => process.send({ connections: devices.filter(({ socket }) => !socket.closed).length, answers }));
  process.send('all are in');
});
process.on('disconnect', () => process.exit(0));
