import { Secret } from "@clauderon/base";
import { credentialListSchema, credentialNameSchema, setCredentialSchema } from "@clauderon/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { CredentialFiles } from "../credentials/credentials.ts";

const params = z.strictObject({ name: credentialNameSchema });
const done = z.strictObject({});

/** Answers contain names, never values. */
export function addCredentialRoutes(plain: FastifyInstance, files: CredentialFiles): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  app.get("/api/credentials", { schema: { response: { 200: credentialListSchema } } }, () => files.list());
  app.put(
    "/api/credentials/:name",
    { schema: { params, body: setCredentialSchema, response: { 200: done } } },
    ({ params: { name }, body }) => {
      files.set(name, new Secret(body.value));
      return {};
    },
  );
  app.delete("/api/credentials/:name", { schema: { params, response: { 200: done } } }, ({ params: { name } }) => {
    files.remove(name);
    return {};
  });
}
