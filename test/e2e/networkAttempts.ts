import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterAll } from "vitest";

/** A way around the proxy, from a pod. */
export interface NetworkAttempt {
  readonly what: string;
  readonly address: string;
  readonly port: number;
  readonly protocol?: "UDP";
}

/** How long a packet that must pass is waited for, and one that must not. */
const PATIENT_MS = 20_000;
const BRIEF_MS = 2_000;

/** Tries all at once and prints the places that were reached, as JSON. UDP is asked a question of DNS, which others repeat. */
const PROGRAM = `
const [list, timeout] = JSON.parse(process.argv[1]);
const { connect } = require("net"), { createSocket } = require("dgram");
const question = Buffer.from("000101000001000000000000066769746875620363" + "6f6d0000010001", "hex");
const tries = list.map(({ what, address, port, protocol }) => new Promise((resolve) => {
  const end = (passes) => resolve(passes ? [what] : []);
  if (protocol === "UDP") {
    const socket = createSocket("udp4").on("message", () => end(true)).on("error", () => end(false));
    const ask = () => socket.send(question, port, address);
    setInterval(ask, 200), ask();
  } else connect({ host: address, port }).on("connect", () => end(true)).on("error", () => end(false));
  setTimeout(end, timeout, false);
}));
Promise.all(tries).then((found) => { console.log(JSON.stringify(found.flat())); process.exit(0); });`;

/** The command that tries them in a pod; it prints what was reached. */
export function tryCommand(attempts: readonly NetworkAttempt[], expected: "Pass" | "Drop"): readonly string[] {
  const input = JSON.stringify([attempts, expected === "Pass" ? PATIENT_MS : BRIEF_MS]);
  return ["node", "-e", PROGRAM, input];
}

/** A server on UDP that repeats what it gets, as long as the test file runs; its port. */
export async function repeatUdp(address: string): Promise<number> {
  const server = createSocket("udp4");
  server.on("message", (message, { port, address: to }) => server.send(message, port, to));
  server.bind(0, address);
  await once(server, "listening");
  afterAll(() => void server.close());
  return server.address().port;
}
