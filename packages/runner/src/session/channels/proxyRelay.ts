import { once } from "node:events";
import net from "node:net";
import { Fault, messageOf } from "@clauderon/base";
import type { RunnerSession } from "@clauderon/protocol";

/** Loopback addresses; a kernel without IPv6 does not have the second. */
const ADDRESSES = ["127.0.0.1", "::1"] as const;
const NO_IPV6: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "EAFNOSUPPORT"]);

/**
 * Carries each connection to the port, on the loopback of the agent's network, to the proxy's unix socket. Without a proxy,
 * a connection is closed, and the next one tries again. Returns how to end it.
 */
export async function relayToProxy({ socket, port }: NonNullable<RunnerSession["proxy"]>): Promise<() => void> {
  const open = new Set<net.Socket>();
  const servers = await Promise.all(
    ADDRESSES.map(async (host) => {
      const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
        const upstream = net.connect({ path: socket, allowHalfOpen: true });
        for (const [from, to] of [
          [client, upstream],
          [upstream, client],
        ] as const) {
          open.add(from);
          from.pipe(to);
          from
            .on("error", () => undefined)
            .once("close", (isBroken) => {
              open.delete(from);
              if (isBroken) to.destroy();
            });
        }
      });
      return (await listen(server, host, port)) ? server : undefined;
    }),
  );
  return () => {
    for (const server of servers) server?.close();
    for (const each of open) each.destroy();
  };
}

async function listen(server: net.Server, host: (typeof ADDRESSES)[number], port: number): Promise<boolean> {
  try {
    await once(server.listen({ host, port }), "listening");
    return true;
  } catch (cause) {
    if (host === "::1" && NO_IPV6.has((cause as NodeJS.ErrnoException).code ?? "")) return false;
    throw new Fault("AGENT_UNAVAILABLE", `Cannot listen on ${host}, port ${port}, for the proxy: ${messageOf(cause)}`, {
      cause,
    });
  }
}
