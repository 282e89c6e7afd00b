import { once } from "node:events";
import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Log, Secret } from "@clauderon/base";
import { Fault, messageOf } from "@clauderon/base";
import { DAEMON_API_VERSION, healthSchema, MAX_PROMPT_BYTES } from "@clauderon/protocol";
import { type FastifyInstance, fastify } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { SessionBackend } from "../backend.ts";
import type { CredentialFiles } from "../credentials/credentials.ts";
import type { EgressPolicy } from "../egress/egressPolicy.ts";
import type { EventHub } from "../session/events.ts";
import type { Upkeep } from "../session/upkeep.ts";
import type { Sessions } from "../session/sessions.ts";
import { checkAccess } from "./access.ts";
import { addCredentialRoutes } from "./credentialRoutes.ts";
import { answerErrors, apiError } from "./errors.ts";
import { addEgressRoutes } from "./egressRoutes.ts";
import { addEventRoutes } from "./eventRoutes.ts";
import { addOpenApi } from "./openApi.ts";
import { addSessionRoutes } from "./sessionRoutes.ts";
import { upgrade } from "./upgrade.ts";

export interface ApiOptions {
  readonly version: string;
  readonly log: Log;
  readonly backends: readonly SessionBackend[];
  readonly sessions: Sessions;
  readonly upkeep: Upkeep;
  readonly events: EventHub;
  readonly credentials: CredentialFiles;
  readonly egress: EgressPolicy;
}

/** The longest prompt, with every byte escaped as JSON allows. */
const MAX_BODY_BYTES = 6 * MAX_PROMPT_BYTES + 65_536;

/** The daemon's HTTP API, as protocol's daemonApi.ts defines it, on a unix socket and, if enabled, on 127.0.0.1. */
export class Api {
  readonly #options: ApiOptions;
  readonly #app: FastifyInstance;
  readonly #servers: Server[] = [];

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#app = fastify({ logger: false, bodyLimit: MAX_BODY_BYTES, exposeHeadRoutes: false });
    this.#app.setValidatorCompiler(validatorCompiler);
    this.#app.setSerializerCompiler(serializerCompiler);
    answerErrors(this.#app, options.log);
    takeEmptyBodies(this.#app);
  }

  /** Call this before the first request. */
  async prepare(): Promise<void> {
    const { sessions, upkeep, events, credentials, egress } = this.#options;
    const app = this.#app;
    await addOpenApi(app, this.#options.version);
    app.after(() => {
      this.#addHealth();
      addSessionRoutes(app, sessions, upkeep);
      addEventRoutes(app, sessions, events);
      addCredentialRoutes(app, credentials);
      addEgressRoutes(app, egress);
    });
    await app.ready();
  }

  /** Listens on a unix socket that only this user can connect to. */
  async listen(socket: string): Promise<void> {
    const server = this.#server(() => undefined);
    const before = process.umask(0o177);
    server.listen(socket);
    process.umask(before);
    await once(server, "listening").catch((cause: unknown) => {
      throw new Fault("CONFIG_INVALID", `Cannot listen on ${socket}: ${messageOf(cause)}`, { cause });
    });
    chmodSync(socket, 0o600);
  }

  /** Listens on 127.0.0.1 for clients that have the token. CONFIG_INVALID when the port is taken. */
  async listenLoopback(port: number, token: Secret): Promise<void> {
    const server = this.#server((request) => checkAccess(request, token, port));
    server.listen(port, "127.0.0.1");
    await once(server, "listening").catch((cause: unknown) => {
      throw new Fault("CONFIG_INVALID", `Cannot listen on 127.0.0.1:${port}: ${messageOf(cause)}`, {
        cause,
        hint: "Set http_port under [daemon] in config.toml to another port",
      });
    });
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
    await this.#app.close();
  }

  #server(check: (request: IncomingMessage) => void): Server {
    const { sessions, log } = this.#options;
    const server = createServer((request, response) => {
      try {
        // Anyone may know that a daemon is running.
        if (request.url !== "/health") check(request);
      } catch (thrown) {
        return refuse(response, thrown);
      }
      this.#app.routing(request, response);
    });
    server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, { sessions, log, check }));
    this.#servers.push(server);
    return server;
  }

  #addHealth(): void {
    const { version, backends } = this.#options;
    const features = backends.some(({ name }) => name === "kubernetes") ? ["kubernetes_backend"] : [];
    const health = { status: "ok" as const, apiVersion: DAEMON_API_VERSION, version, pid: process.pid, features };
    this.#app
      .withTypeProvider<ZodTypeProvider>()
      .get("/health", { schema: { response: { 200: healthSchema } } }, () => health);
  }
}

/** A request without a body may still have the header that says it is JSON. */
function takeEmptyBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body === "") done(null, undefined);
    else void parse(request, String(body), done);
  });
}

function refuse(response: ServerResponse, thrown: unknown): void {
  const { status, body } = apiError(thrown);
  response.writeHead(status, { "content-type": "application/json", connection: "close" }).end(JSON.stringify(body));
}
