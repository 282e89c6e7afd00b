import type { AgentJob } from "@clauderon/kinds";
import { OperatorProcess } from "./operatorProcess.ts";
import { Relay } from "./relay.ts";
import { grantOperator, OPERATOR_USER } from "./rights.ts";
import { agentJob, agentJobs, createReferences, found, jobsOf, startWorld, type World } from "./world.ts";

/** A world with an operator that has exactly the permissions of its chart, behind a relay. */
export async function openStage() {
  const world: World = await startWorld();
  const { client, api } = world;
  await grantOperator(client);
  const relay = await Relay.start(api, OPERATOR_USER);
  const operator = await OperatorProcess.start(relay.url);
  return {
    client,
    api,
    relay,
    operator,
    /** Creates a namespace with references and one AgentJob. */
    create: async (namespace: string, spec: Partial<AgentJob["spec"]> = {}, name = "summarize") => {
      await createReferences(client, namespace);
      return await client.create(agentJobs, agentJob(namespace, name, spec));
    },
    edit: (namespace: string, spec: object, name = "summarize") =>
      client.patch(agentJobs, { namespace, name }, { spec }),
    /** The first Job that is created in the namespace. */
    firstRun: (namespace: string) => found(async () => (await jobsOf(client, namespace))[0]),
    [Symbol.asyncDispose]: async () => {
      await operator[Symbol.asyncDispose]();
      await relay[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
    },
  };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;
