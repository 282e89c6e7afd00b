import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { ProxyWorld, User } from "./world.ts";

/** A response as it came over the wire. */
export interface RawResponse {
  readonly status: number;
  /** The `x-clauderon-proxy` header: why the proxy answered instead of the server. */
  readonly reason: string | undefined;
  readonly text: string;
}

/** The value of Proxy-Authorization for a user. */
export const basic = ({ principal, token }: User): string =>
  `Basic ${Buffer.from(`${principal}:${token}`).toString("base64")}`;

/** A plain connection to the proxy's port. */
export async function dial(world: ProxyWorld): Promise<Socket> {
  const socket = connectTcp(world.proxy.port, "127.0.0.1");
  socket.on("error", () => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** Asks for a tunnel on a new connection. */
export async function openTunnel(
  world: ProxyWorld,
  authority: string,
  user: User | undefined,
): Promise<{ readonly socket: Socket; readonly answer: RawResponse }> {
  const socket = await dial(world);
  const credentials = user === undefined ? "" : `Proxy-Authorization: ${basic(user)}\r\n`;
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`);
  return { socket, answer: await readHead(socket) };
}

export interface TlsOptions {
  readonly serverName?: string;
  readonly protocols?: readonly string[];
}

/** A tunnel with TLS inside. Its certificate is checked, unless the test asks for a name that is not the tunnel's. */
export async function openTls(
  world: ProxyWorld,
  host: string,
  user: User,
  { serverName = host, protocols = ["http/1.1"] }: TlsOptions = {},
): Promise<TLSSocket> {
  const { socket, answer } = await openTunnel(world, `${host}:443`, user);
  if (answer.status !== 200) throw new Error(`CONNECT: ${answer.text}`);
  const tls = connectTls({
    socket,
    ca: world.ca,
    ALPNProtocols: [...protocols],
    ...(serverName === "" ? {} : { servername: serverName }),
    rejectUnauthorized: serverName === host,
  });
  tls.on("error", () => tls.destroy());
  await once(tls, "secureConnect");
  return tls;
}

/** Sends bytes and reads until the other side closes. */
export async function exchange(socket: Duplex, text: string): Promise<RawResponse> {
  socket.write(Buffer.from(text, "latin1"));
  return parse(await readAll(socket));
}

/** Everything until the other side closes. */
export async function readAll(socket: Duplex): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk)).resume();
  if (!socket.closed) await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

/** The head of a response; what follows it stays in the socket. */
export async function readHead(socket: Duplex): Promise<RawResponse> {
  let text = "";
  while (!text.includes("\r\n\r\n")) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) text += chunk.toString("latin1");
    else if (socket.readableEnded || socket.destroyed) break;
    else await Promise.race([once(socket, "readable"), once(socket, "close")]);
  }
  const end = text.indexOf("\r\n\r\n") + 4;
  if (text.length > end) socket.unshift(Buffer.from(text.slice(end), "latin1"));
  return parse(text);
}

function parse(text: string): RawResponse {
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0),
    reason: /^x-clauderon-proxy: (\w+)/im.exec(text)?.[1],
    text,
  };
}
