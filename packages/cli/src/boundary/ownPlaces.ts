import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type ListenOptions } from "node:net";
import { networkInterfaces } from "node:os";
import type { Place } from "./model/attempt.ts";

/** Places of this machine that a session here must not reach. */
export interface OwnPlaces extends AsyncDisposable {
  readonly places: readonly Place[];
}

/** Opens a place of each kind, with nothing behind it, and leaves out those that this program itself does not reach. */
export async function openOwnPlaces(): Promise<OwnPlaces> {
  await using opened = new AsyncDisposableStack();
  const tcp = async (what: string, host: string): Promise<Place> => {
    const port = await listen({ host, port: 0 }, opened);
    return { what, protocol: "TCP", address: host, port };
  };
  const abstract = `clauderon-boundary-${process.pid}`;
  await listen({ path: `\0${abstract}` }, opened);
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const others = all.filter(({ family, internal }) => family === "IPv4" && !internal);
  const found = [
    await tcp("a port of the loopback", "127.0.0.1"),
    ...(await Promise.all(others.map(({ address }) => tcp(`another address of this machine: ${address}`, address)))),
    ...(all.some(({ address }) => address === "::1") ? [await tcp("IPv6", "::1")] : []),
    { what: "UDP, as DNS and QUIC use", protocol: "UDP", address: "127.0.0.1", port: await repeatUdp(opened) } as const,
    { what: "a socket with an abstract name", protocol: "Abstract", address: abstract } as const,
  ];
  const isOpen = await Promise.all(found.map(async (place) => place.protocol !== "TCP" || (await connects(place))));
  const kept = opened.move();
  return {
    places: found.filter((_, index) => isOpen[index]),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function listen(options: ListenOptions, opened: AsyncDisposableStack): Promise<number> {
  const server = createServer((socket) => socket.on("error", () => undefined).end()).listen(options);
  await once(server, "listening");
  opened.defer(() => void server.close());
  return (server.address() as AddressInfo | string as AddressInfo).port;
}

async function repeatUdp(opened: AsyncDisposableStack): Promise<number> {
  const server = createSocket("udp4").bind(0, "127.0.0.1");
  await once(server, "listening");
  server.on("message", (message, { port, address }) => server.send(message, port, address));
  opened.defer(() => void server.close());
  return server.address().port;
}

function connects({ address, port = 0 }: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1_000 });
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
