import { once } from "node:events";
import { type ClientRequest, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { Fault, messageOf } from "@clauderon/base";

const CONNECT_TIMEOUT_MS = 10_000;
/** TCP keep-alive finds a peer that vanished under an idle watch. */
export const TCP_KEEP_ALIVE_MS = 30_000;

/** Whether {@link openTunnel} supports the proxy. */
export const isProxy = (proxy: URL) => /^(https?|socks5h?):$/.test(proxy.protocol) && proxy.hostname !== "";

/**
 * A connection to the server through an HTTP proxy's CONNECT or a SOCKS5 proxy; it carries the server's own bytes,
 * before any TLS with it. The proxy resolves the server's name. Every connection to a server with a proxy is made here.
 */
export async function openTunnel(proxy: URL, server: URL): Promise<Socket> {
  try {
    const socket = proxy.protocol.startsWith("socks") ? await viaSocks(proxy, server) : await viaHttp(proxy, server);
    return socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS).setNoDelay(true);
  } catch (cause) {
    const address = `${proxy.protocol}//${proxy.host}`;
    const message = `Cannot reach the API server ${server.origin} through the proxy ${address}: ${messageOf(cause)}`;
    throw new Fault("CLUSTER_UNAVAILABLE", message, {
      hint: "Check proxy-url in the kubeconfig, or HTTPS_PROXY and NO_PROXY in the environment",
      cause,
    });
  }
}

async function viaSocks(proxy: URL, server: URL): Promise<Socket> {
  const { SocksClient } = await import("socks");
  const { socket } = await SocksClient.createConnection({
    command: "connect",
    proxy: {
      type: 5,
      host: hostOf(proxy),
      port: Number(proxy.port || 1080),
      ...(proxy.username !== "" && { userId: decodeURIComponent(proxy.username) }),
      ...(proxy.password !== "" && { password: decodeURIComponent(proxy.password) }),
    },
    destination: { host: hostOf(server), port: portOf(server) },
    timeout: CONNECT_TIMEOUT_MS,
  });
  return socket;
}

async function viaHttp(proxy: URL, server: URL): Promise<Socket> {
  const target = `${server.hostname}:${portOf(server)}`;
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const request = (proxy.protocol === "https:" ? httpsRequest : httpRequest)({
    host: hostOf(proxy),
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
  request.on("timeout", () => request.destroy(new Error("the proxy does not answer")));
  request.end();
  return await connected(request);
}

async function connected(request: ClientRequest): Promise<Socket> {
  const [response, socket, head] = (await once(request, "connect")) as [{ statusCode?: number }, Socket, Buffer];
  if (response.statusCode !== 200) {
    socket.destroy();
    throw new Error(`the proxy answered ${response.statusCode}`);
  }
  socket.setTimeout(0);
  if (head.length > 0) socket.unshift(head);
  return socket;
}

const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, "");
const portOf = (url: URL) => Number(url.port || (url.protocol === "https:" ? 443 : 80));
