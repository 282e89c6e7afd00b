import { once } from "node:events";
import { type ClientRequest, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { Fault } from "@clauderon/base";

const CONNECT_TIMEOUT_MS = 10_000;

/** A connection to the server through an HTTP proxy's CONNECT; bytes of the server itself, before any TLS with it. */
export async function openTunnel(proxy: URL, server: URL): Promise<Socket> {
  const target = `${server.hostname}:${server.port || (server.protocol === "https:" ? 443 : 80)}`;
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const request = (proxy.protocol === "https:" ? httpsRequest : httpRequest)({
    host: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: proxy.port,
    method: "CONNECT",
    path: target,
    agent: false,
    timeout: CONNECT_TIMEOUT_MS,
    headers: {
      host: target,
      ...(user === ":" ? {} : { "proxy-authorization": `Basic ${Buffer.from(user).toString("base64")}` }),
    },
  });
  request.on("timeout", () => request.destroy(new Error(`The proxy ${proxy.origin} does not answer`)));
  request.end();
  return await connected(request, proxy);
}

async function connected(request: ClientRequest, proxy: URL): Promise<Socket> {
  const [response, socket] = (await once(request, "connect")) as [{ statusCode?: number }, Socket];
  if (response.statusCode === 200) return socket;
  socket.destroy();
  throw new Fault("CLUSTER_UNAVAILABLE", `The proxy ${proxy.origin} refused the connection: ${response.statusCode}`, {
    hint: "Check proxy-url in the kubeconfig",
  });
}
