import {
  accessModeSchema,
  allowHostSchema,
  egressReportSchema,
  egressSuggestionSchema,
  sessionNameSchema,
  usageListSchema,
} from "@clauderon/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { EgressPolicy } from "../egress/egressPolicy.ts";

const params = z.strictObject({ name: sessionNameSchema });
const response = { 200: egressReportSchema };

export function addEgressRoutes(plain: FastifyInstance, policy: EgressPolicy): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const path = "/api/sessions/:name/egress";
  app.get(path, { schema: { params, response } }, ({ params: { name } }) => policy.show(name));
  app.get(
    `${path}/suggestion`,
    { schema: { params, response: { 200: egressSuggestionSchema } } },
    ({ params: { name } }) => policy.suggest(name),
  );
  app.get("/api/usage", { schema: { response: { 200: usageListSchema } } }, () => policy.usage());
  app.post(`${path}/allow`, { schema: { params, body: allowHostSchema, response } }, ({ params: { name }, body }) =>
    policy.allow(name, body.host),
  );
  app.post(
    `${path}/access-mode`,
    { schema: { params, body: accessModeSchema, response } },
    ({ params: { name }, body }) => policy.setAccessMode(name, body.accessMode),
  );
}
