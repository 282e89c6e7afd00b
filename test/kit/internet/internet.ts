import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { createSecureContext } from "node:tls";
import type { Authority } from "./certificates.ts";
import { createAuthority, writeAuthority } from "./certificates.ts";
import type { GitHost, GitHostOptions } from "./gitHost/gitHost.ts";
import { createGitHost } from "./gitHost/gitHost.ts";
import type { Handler } from "./listen.ts";
import { answerJson, listen, toListener } from "./listen.ts";
import type { McpEcho } from "./mcpServer.ts";
import { createMcpEcho } from "./mcpServer.ts";
import type { ScriptedMessages, ScriptedMessagesOptions } from "./messages/scriptedMessages.ts";
import { createScriptedMessages } from "./messages/scriptedMessages.ts";
import type { RecordedRequest } from "./recorder.ts";
import { hostOf, readParsedBody, Recorder } from "./recorder.ts";

export interface InternetOptions {
  /** Where it listens: 127.0.0.1 (default), or this machine's address as pods of the test cluster see it. */
  readonly address?: string;
  /** 0 (default) takes a free port; pods expect 443. */
  readonly port?: number;
  /** The issuer of its certificates; a new one when absent. */
  readonly authority?: Authority;
  /** The model behind `api.anthropic.com`; without it every conversation is refused loudly. */
  readonly messages?: ScriptedMessagesOptions;
  /** The repositories behind `github.com`. */
  readonly git?: GitHostOptions;
}

export interface Internet {
  readonly address: string;
  readonly port: number;
  /** `https://<address>[:port]`: the Messages API, for a client that cannot resolve its name. */
  readonly messagesUrl: string;
  /** The authority of all its certificates, PEM: as a file and as text. */
  readonly caFile: string;
  readonly ca: string;
  /** The names that must resolve to `address`. */
  readonly hosts: readonly string[];
  readonly messages: Pick<ScriptedMessages, "requests">;
  readonly git: Omit<GitHost, "handle" | "remove">;
  readonly mcp: Pick<McpEcho, "requests">;
  /** Whatever reached `attacker.example.com`: a test asserts what must not be here. */
  readonly attacker: { readonly requests: readonly RecordedRequest[] };
  /** Ends at once and deletes its files. */
  stop(): Promise<void>;
}

/**
 * The outside world of a test behind one TLS listener with throwaway certificates: `api.anthropic.com` is the scripted
 * model, `github.com` the git host, `mcp.example.com` an MCP server with the tool `echo` (at `/mcp`),
 * `attacker.example.com` records. Each name has its own certificate, and a request whose Host is not the name of its
 * TLS connection gets 421. A client that asks by IP address or `localhost` gets the scripted model.
 * Rejects, leaving nothing behind, when the address is not this machine's or the port is taken.
 */
export async function startInternet(options: InternetOptions = {}): Promise<Internet> {
  const address = options.address ?? "127.0.0.1";
  const messages = createScriptedMessages(options.messages ?? {});
  const git = await createGitHost(options.git ?? {});
  const mcp = createMcpEcho();
  const attacker = createAttacker();
  const hosts: ReadonlyMap<string, Handler> = new Map([
    ["api.anthropic.com", messages.handle],
    ["github.com", git.handle],
    ["mcp.example.com", mcp.handle],
    ["attacker.example.com", attacker.handle],
  ]);
  const authority = options.authority ?? (await createAuthority());
  const folder = await mkdtemp(join(tmpdir(), "internet-"));
  const caFile = await writeAuthority(authority, folder);
  const server = await createTlsServer(authority, [...hosts.keys()], address);
  server.on("request", toListener(route(hosts, messages.handle)));
  async function removeFiles(): Promise<void> {
    await git.remove();
    await rm(folder, { recursive: true, force: true });
  }
  const listener = await listen(server, { address, port: options.port ?? 0 }).catch(async (cause: unknown) => {
    await removeFiles();
    throw cause;
  });

  return {
    address,
    port: listener.port,
    messagesUrl: `https://${address}${listener.port === 443 ? "" : `:${listener.port}`}`,
    caFile,
    ca: authority.cert,
    hosts: [...hosts.keys()],
    messages,
    git,
    mcp,
    attacker,
    async stop() {
      await listener.stop();
      await removeFiles();
    },
  };
}

function route(hosts: ReadonlyMap<string, Handler>, byAddress: Handler): Handler {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const host = hostOf(request);
    const { servername } = request.socket as TLSSocket;
    const isNamed = typeof servername === "string" && servername !== "";
    if (isNamed && servername !== host) {
      return answerJson(response, 421, { error: `TLS for ${servername}, request for ${host}` });
    }
    const handler = host === "localhost" || isIP(host) !== 0 ? byAddress : hosts.get(host);
    if (handler === undefined) return answerJson(response, 404, { error: `there is no host ${host} in this internet` });
    await handler(request, response);
  };
}

async function createTlsServer(authority: Authority, names: readonly string[], address: string) {
  const contexts = new Map(
    await Promise.all(names.map(async (name) => [name, createSecureContext(await authority.issue([name]))] as const)),
  );
  return createServer({
    ...(await authority.issue(["localhost", "127.0.0.1", address])),
    SNICallback: (name, done) => done(null, contexts.get(name)),
  });
}

function createAttacker() {
  const recorder = new Recorder();
  const handle: Handler = async (request, response) => {
    recorder.add(request, await readParsedBody(request));
    answerJson(response, 200, { thanks: true });
  };
  return { handle, requests: recorder.requests };
}
