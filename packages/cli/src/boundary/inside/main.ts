/**
 * Runs in a session, as its agent could: makes the attempts of the plan in its first argument, and prints what came of
 * each as JSON. It imports only modules of Node, because its text alone goes there.
 */
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { type TLSSocket, connect as connectTls } from "node:tls";
import type { Outcome, Place, Plan, ProxyAttempt } from "../model/attempt.ts";

/** How long the proxy may take to answer. */
const PROXY_MS = 20_000;
const HEAD_END = "\r\n\r\n";

const plan = JSON.parse(process.argv[1] ?? "{}") as Plan;
const proxy = new URL(process.env["HTTPS_PROXY"] ?? "http://127.0.0.1:3030");
/** A place of which only the session knows the address. */
function placesOf(place: Place): readonly Place[] {
  const { KUBERNETES_SERVICE_HOST: api = "" } = process.env;
  const known: Readonly<Record<string, string>> = {
    API: api,
    DNS: /^[\d.]+$/.test(api) ? api.replace(/\.\d+$/, ".10") : "",
    NODE: gateway(),
  };
  const address = known[place.address] ?? place.address;
  return address === "" ? [] : [{ ...place, address }];
}

/** The address of the default route, which in a pod is its node; empty for none. */
function gateway(): string {
  try {
    const routes = readFileSync("/proc/net/route", "utf8").split("\n").slice(1);
    const [, , hex = ""] = routes.map((line) => line.split("\t")).find(([, to]) => to === "00000000") ?? [];
    return hex === "" ? "" : [...Buffer.from(hex, "hex")].toReversed().join(".");
  } catch {
    return "";
  }
}

async function tryPlace(place: Place): Promise<Outcome> {
  const error = await (place.protocol === "UDP" ? askUdp(place) : openPlace(place));
  return { what: place.what, isThrough: error === undefined, said: error ?? "an answer" };
}

/** Why the place cannot be reached; undefined if it can. */
function openPlace({ protocol, address, port = 0 }: Place): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(protocol === "Abstract" ? { path: `\0${address}` } : { host: address, port });
    socket.once("connect", () => resolve(undefined));
    socket.once("error", ({ message }) => resolve(message));
    setTimeout(() => resolve("no answer"), plan.patienceMs);
  });
}

/** A question to a resolver, which other servers of UDP can repeat. */
const QUESTION = Buffer.from("0001010000010000000000000000020001", "hex");

function askUdp({ address, port = 53 }: Place): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    const ask = () => socket.send(QUESTION, port, address);
    socket.once("message", () => resolve(undefined));
    socket.once("error", ({ message }) => resolve(message));
    setTimeout(() => resolve("no answer"), plan.patienceMs);
    setInterval(ask, 200);
    ask();
  });
}

async function tryProxy(attempt: ProxyAttempt): Promise<Outcome> {
  try {
    const said = await askProxy(attempt);
    return { what: attempt.what, isThrough: said === "", said: said === "" ? "it passed" : said };
  } catch (thrown) {
    return { what: attempt.what, isThrough: false, said: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** The reason that the proxy gave for refusing the attempt; empty if it passed. */
async function askProxy({ as, connect: authority, serverName, request }: ProxyAttempt): Promise<string> {
  const socket = connect({ host: proxy.hostname, port: Number(proxy.port) });
  socket.setTimeout(PROXY_MS, () => socket.destroy(new Error("no answer")));
  const login = authorization(as);
  if (authority === undefined) return reasonOf(await ask(socket, [...(request ?? []), ...login]));
  const opened = await ask(socket, [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, ...login]);
  if (serverName === undefined || !/^HTTP\/1.1 200 /.test(opened)) return reasonOf(opened);
  const tunnel = await secure(socket, serverName);
  return reasonOf(await ask(tunnel, request ?? []));
}

function authorization(as: ProxyAttempt["as"]): readonly string[] {
  if (as === "Nobody") return [];
  const user = as === "Another" ? "another-session:guess" : `${proxy.username}:${decodeURIComponent(proxy.password)}`;
  return [`Proxy-Authorization: Basic ${Buffer.from(user).toString("base64")}`];
}

function secure(socket: Socket, servername: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // What is tried is the proxy, not whether this program trusts it.
    const tunnel = connectTls({ socket, servername, ALPNProtocols: ["http/1.1"], rejectUnauthorized: false });
    tunnel.once("secureConnect", () => resolve(tunnel));
    tunnel.once("error", reject);
  });
}

/** Sends the lines and returns the head of the answer. */
function ask(socket: Socket, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let head = "";
    const end = () => reject(new Error("the connection was cut"));
    socket.on("data", (chunk: Buffer) => {
      head += chunk.toString("latin1");
      if (!head.includes(HEAD_END)) return;
      socket.removeAllListeners("data");
      socket.off("close", end);
      resolve(head.slice(0, head.indexOf(HEAD_END)));
    });
    socket.once("error", reject);
    socket.once("close", end);
    socket.write(`${lines.join("\r\n")}${HEAD_END}`);
  });
}

/** The proxy's reason in the head of an answer; empty for an answer that is not a refusal of the proxy. */
function reasonOf(head: string): string {
  return /^x-clauderon-proxy: *(\S+)/im.exec(head)?.[1] ?? "";
}

const places = plan.places.flatMap(placesOf);
const around = await Promise.all(places.map(tryPlace));
const through: Outcome[] = [];
for (const attempt of plan.proxy) through.push(await tryProxy(attempt));
console.log(JSON.stringify({ items: [...around, ...through] }));
process.exit(0);
