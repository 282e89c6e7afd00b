import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { text } from "node:stream/consumers";
import { connect as tlsConnect } from "node:tls";
import { type ClientOptions, WebSocket } from "ws";
import { ApiError, isUnauthorized } from "./apiError.ts";
import { tlsOptions } from "./connections.ts";
import { type Credentials, type KubeAccess, sameCredentials } from "./kubeAccess.ts";
import { openTunnel } from "./tunnel.ts";
import { unreachable } from "./unreachable.ts";

const HANDSHAKE_TIMEOUT_MS = 30_000;

/**
 * An open WebSocket to a path of the API server, on its own connection. It is paused, so nothing is lost before the
 * caller listens and calls `resume()`. The server chooses one of the protocols, listed by preference. After a 401,
 * renews the credentials and tries once more. Throws an ApiError when the server refuses, and a Fault when it cannot be
 * reached.
 */
export async function openWebSocket(
  access: KubeAccess,
  path: string,
  protocols: readonly string[],
): Promise<WebSocket> {
  const credentials = await access.credentials();
  try {
    return await connect(access, credentials, { path, protocols });
  } catch (error) {
    if (!isUnauthorized(error)) throw error;
    const fresh = await access.renew(credentials);
    if (sameCredentials(fresh, credentials)) throw error;
    return await connect(access, fresh, { path, protocols });
  }
}

async function connect(
  access: KubeAccess,
  credentials: Credentials,
  { path, protocols }: { readonly path: string; readonly protocols: readonly string[] },
): Promise<WebSocket> {
  const { server } = access;
  const address = server.origin.replace(/^http/, "ws") + server.pathname.replace(/\/$/, "") + path;
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  const socket = new WebSocket(address, [...protocols], {
    headers: headersOf(credentials),
    ...tlsOptions(credentials.tls),
    ...(await proxied(access, credentials)),
    perMessageDeflate: false,
    ...(server.protocol === "https:" && { generateMask: noMask }),
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  socket.once("open", () => {
    socket.pause();
    resolve(socket);
  });
  socket.once("unexpected-response", (_request, response: IncomingMessage) => {
    refusal(response).then(reject, reject);
  });
  socket.on("error", (cause) => reject(unreachable(server, cause)));
  return await promise;
}

/**
 * Masks protect proxies that inspect their traffic, which they cannot do inside TLS; applying one costs more than TLS
 * does.
 */
const noMask = (mask: Buffer) => void mask.fill(0);

function headersOf(credentials: Credentials): Record<string, string> {
  const authorization = credentials.authorization?.reveal();
  return {
    ...(credentials.impersonation as Record<string, string>),
    ...(authorization === undefined ? {} : { authorization }),
  };
}

async function proxied(access: KubeAccess, credentials: Credentials): Promise<ClientOptions> {
  if (access.proxy === undefined) return {};
  const { server } = access;
  const socket = await openTunnel(access.proxy, server);
  const host = server.hostname.replace(/^\[|\]$/g, "");
  const servername = isIP(host) === 0 ? host : "";
  const secured = () => tlsConnect({ socket, host, servername, ...tlsOptions(credentials.tls) });
  return { createConnection: server.protocol === "https:" ? secured : () => socket };
}

async function refusal(response: IncomingMessage): Promise<ApiError> {
  return ApiError.ofResponse(response.statusCode ?? 0, await text(response), response.headers["retry-after"]);
}
