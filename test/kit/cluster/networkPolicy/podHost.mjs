// Stands for a pod: servers on the given ports, and a client of others. Requests and answers are lines of JSON.
import { createSocket } from "node:dgram";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const [tcp, udp] = process.argv.slice(2).map((list) => list.split(",").map(Number));
for (const port of tcp) createServer((socket) => socket.on("error", () => undefined).end("hi")).listen(port);
for (const port of udp) {
  const server = createSocket("udp4");
  server.on("message", (message, { port: from, address }) => server.send(message, from, address));
  server.bind(port);
}

function tryTcp({ address, port, timeout }, done) {
  const socket = connect({ host: address, port, timeout });
  socket.once("connect", () => done(true));
  socket.once("timeout", () => done(false));
  socket.once("error", () => done(false));
  return () => socket.destroy();
}

function tryUdp({ address, port, timeout }, done) {
  const socket = createSocket("udp4");
  socket.once("message", () => done(true));
  socket.once("error", () => done(false));
  const ask = () => socket.send("x", port, address, () => undefined);
  const again = setInterval(ask, 50);
  const late = setTimeout(() => done(false), timeout);
  ask();
  return () => {
    clearInterval(again);
    clearTimeout(late);
    socket.close();
  };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line);
  let isDone = false;
  const end = (request.protocol === "UDP" ? tryUdp : tryTcp)(request, (passes) => {
    if (isDone) return;
    isDone = true;
    process.stdout.write(`${JSON.stringify({ id: request.id, passes })}\n`);
    setImmediate(() => end());
  });
});
process.stdin.on("end", () => process.exit(0));
process.stdout.write("ready\n");
