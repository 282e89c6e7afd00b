import { chmodSync } from "node:fs";
import type { Log } from "@clauderon/base";
import { DAEMON_API_VERSION, healthSchema } from "@clauderon/protocol";
import { type FastifyInstance, fastify } from "fastify";
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { SessionBackend } from "../backend.ts";
import { answerErrors } from "./errors.ts";

export interface ApiOptions {
  readonly version: string;
  readonly log: Log;
  readonly backends: readonly SessionBackend[];
}

export interface Api {
  /** Listens on a unix socket that only this user can reach. */
  listen(socket: string): Promise<void>;
  close(): Promise<void>;
}

/** The daemon's HTTP API, as protocol's daemonApi.ts says. */
export function createApi({ version, log, backends }: ApiOptions): Api {
  const app = fastify({ logger: false, forceCloseConnections: true });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app, log);
  addHealth(app, version, backends);
  return {
    listen: async (socket) => {
      const before = process.umask(0o177);
      try {
        await app.listen({ path: socket });
      } finally {
        process.umask(before);
      }
      chmodSync(socket, 0o600);
    },
    close: () => app.close(),
  };
}

function addHealth(app: FastifyInstance, version: string, backends: readonly SessionBackend[]): void {
  app.withTypeProvider<ZodTypeProvider>().get("/health", { schema: { response: { 200: healthSchema } } }, () => ({
    status: "ok" as const,
    apiVersion: DAEMON_API_VERSION,
    version,
    pid: process.pid,
    features: backends.some(({ name }) => name === "kubernetes") ? ["kubernetes_backend"] : [],
  }));
}
