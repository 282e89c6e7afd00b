import {
  createSessionSchema,
  deletedSchema,
  deleteSessionSchema,
  pulledSchema,
  pushedSchema,
  reconciledSchema,
  reconcileSchema,
  sendPromptSchema,
  sessionListSchema,
  sessionNameSchema,
  sessionSchema,
} from "@clauderon/protocol";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Upkeep } from "../session/upkeep.ts";
import type { Sessions } from "../session/sessions.ts";

const params = z.strictObject({ name: sessionNameSchema });
const done = z.strictObject({});
const one = { params, response: { 200: sessionSchema } };

export function addSessionRoutes(plain: FastifyInstance, sessions: Sessions, upkeep: Upkeep): void {
  const app = plain.withTypeProvider<ZodTypeProvider>();
  const path = "/api/sessions";
  app.get(path, { schema: { response: { 200: sessionListSchema } } }, () => ({ items: [...sessions.list()] }));
  app.post(path, { schema: { body: createSessionSchema, response: { 201: sessionSchema } } }, async (request, reply) =>
    reply.status(201).send(await sessions.create(request.body)),
  );
  app.get(`${path}/:name`, { schema: one }, ({ params: { name } }) => sessions.get(name));
  app.delete(
    `${path}/:name`,
    { schema: { params, querystring: deleteSessionSchema, response: { 200: deletedSchema } } },
    ({ params: { name }, query: { orphan, discardWork } }) =>
      orphan ? sessions.orphan(name, discardWork) : sessions.delete(name, discardWork),
  );
  app.post(
    `${path}/:name/prompt`,
    { schema: { params, body: sendPromptSchema, response: { 200: done } } },
    async ({ params: { name }, body }) => {
      await sessions.prompt(name, body.prompt);
      return {};
    },
  );
  app.post(`${path}/:name/archive`, { schema: one }, ({ params: { name } }) => sessions.archive(name));
  app.post(`${path}/:name/unarchive`, { schema: one }, ({ params: { name } }) => sessions.unarchive(name));
  app.post(`${path}/:name/recreate`, { schema: one }, ({ params: { name } }) => sessions.recreate(name));
  app.post(`${path}/:name/pull`, { schema: { params, response: { 200: pulledSchema } } }, ({ params: { name } }) =>
    sessions.pull(name),
  );
  app.post(`${path}/:name/push`, { schema: { params, response: { 200: pushedSchema } } }, ({ params: { name } }) =>
    sessions.push(name),
  );
  app.post("/api/reconcile", { schema: { body: reconcileSchema, response: { 200: reconciledSchema } } }, ({ body }) =>
    upkeep.reconcile(body.prune),
  );
}
