/**
 * `npm run bench -- proxy`: the credential proxy beside a direct connection to the same server. Client and server are in this
 * process, so on a machine with two cores three programs share them.
 */
import { once } from "node:events";
import type { RequestListener } from "node:http";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { Agent, request } from "node:https";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { residentMiB } from "../test/kit/processes.ts";
import { openTls } from "../test/kit/proxy/client.ts";
import { startUpstream } from "../test/kit/proxy/upstream.ts";
import { ProxyWorld, type User } from "../test/kit/proxy/world.ts";
import { runBench, timeEach } from "./kit/bench.ts";
import { printFigures, printHead } from "./kit/figures.ts";

const HOST = "api.example.com";
const IN_FLIGHT = 32;
const REQUESTS = 2_000;
const RUNS = 50;
const SESSIONS = 100;
const SIZES = { "1 kB": 1_024, "1 MB": 1_048_576 };

type Connect = () => Promise<TLSSocket>;

/** Connections that are opened in the given way and used again. */
class TunnelAgent extends Agent {
  readonly #connect: Connect;

  constructor(connect: Connect, maxSockets: number) {
    super({ keepAlive: true, maxSockets });
    this.#connect = connect;
  }

  override createConnection(_options: unknown, done?: (error: Error | null, socket: TLSSocket) => void): undefined {
    const ready = done ?? (() => undefined);
    void this.#connect().then(
      (socket) => ready(null, socket),
      (error: Error) => ready(error, undefined as never),
    );
  }
}

/** Posts a body and reads the same back. */
function post(agent: Agent, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, host: HOST, method: "POST", headers: { "content-length": body.length } },
      (response) => {
        response.resume().once("end", resolve);
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}

/** Requests in a second, with many in flight. */
async function throughput(connect: Connect, body: Buffer): Promise<number> {
  const agent = new TunnelAgent(connect, IN_FLIGHT);
  let left = REQUESTS;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await post(agent, body);
  };
  await post(agent, body);
  const begin = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  agent.destroy();
  return (REQUESTS * 1_000) / (performance.now() - begin);
}

async function latencies(connect: Connect, body: Buffer): Promise<readonly number[]> {
  const agent = new TunnelAgent(connect, 1);
  const times = await timeEach(RUNS, () => post(agent, body));
  agent.destroy();
  return times;
}

async function http2Latencies(connect: Connect, body: Buffer): Promise<readonly number[]> {
  const socket = await connect();
  const session: ClientHttp2Session = connectHttp2(`https://${HOST}`, { createConnection: () => socket });
  const times = await timeEach(RUNS, async () => {
    const stream = session.request({ ":method": "POST", ":path": "/" });
    stream.end(body);
    await once(stream.resume(), "end");
  });
  session.close();
  return times;
}

const freshTimes = (connect: Connect): Promise<readonly number[]> =>
  timeEach(RUNS, async () => {
    const agent = new TunnelAgent(connect, 1);
    await post(agent, Buffer.alloc(1_024));
    agent.destroy();
  });

const echo: RequestListener = (incoming, response) => void incoming.pipe(response);

await runBench(async (bench) => {
  const world = await ProxyWorld.create();
  bench.defer(() => world.stop());
  const upstream = await startUpstream({ authority: world.authority, name: HOST, onRequest: echo });
  bench.defer(() => upstream.stop());
  const users: readonly User[] = Array.from({ length: SESSIONS }, (_, index) =>
    world.grant(`s${index}`, { allow: [{ host: HOST }] }),
  );
  const [first] = users;
  if (first === undefined) return;
  await world.start({ [HOST]: upstream.port });
  const memory = (): number => residentMiB(world.proxy.pid);
  const atStart = memory();

  const direct: Connect = async () => {
    const socket = connectTls({ port: upstream.port, host: "127.0.0.1", servername: HOST, ca: world.authority.cert });
    await once(socket, "secureConnect");
    return socket;
  };
  const through: Connect = () => openTls(world, HOST, first);
  const throughHttp2: Connect = () => openTls(world, HOST, first, { protocols: ["h2"] });

  printHead("requests through clauderon-proxy");
  for (const [size, bytes] of Object.entries(SIZES)) {
    const body = Buffer.alloc(bytes, "x");
    const baseline = printFigures({ label: `${size}, direct`, unit: "ms", values: await latencies(direct, body) });
    printFigures({
      label: `${size}, proxy, HTTP/1.1`,
      unit: "ms",
      values: await latencies(through, body),
      baseline,
      aimAdded: 3,
    });
    printFigures({
      label: `${size}, proxy, HTTP/2`,
      unit: "ms",
      values: await http2Latencies(throughHttp2, body),
      baseline,
      aimAdded: 3,
    });
  }
  const baseline = printFigures({
    label: "new connection and 1 kB, direct",
    unit: "ms",
    values: await freshTimes(direct),
  });
  printFigures({ label: "new tunnel and 1 kB, proxy", unit: "ms", values: await freshTimes(through), baseline });
  const body = Buffer.alloc(1_024, "x");
  const most = printFigures({
    label: "1 kB, 32 in flight: requests/s, direct",
    unit: "count",
    values: [await throughput(direct, body)],
  });
  printFigures({
    label: "the same through the proxy",
    unit: "count",
    values: [await throughput(through, body)],
    baseline: most,
  });

  printFigures({ label: "memory of the proxy at its start", unit: "MiB", values: [atStart] });
  const busy = memory();
  printFigures({ label: "after these requests", unit: "MiB", values: [busy] });
  const sessions = await Promise.all(users.map((user) => openTls(world, HOST, user)));
  for (const socket of sessions) socket.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
  await Promise.all(sessions.map((socket) => once(socket, "readable")));
  printFigures({
    label: "more, with a connection of each of 100 sessions",
    unit: "MiB",
    values: [memory() - busy],
    aim: 64,
  });
  for (const socket of sessions) socket.destroy();
});
