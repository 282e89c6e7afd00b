import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Fault } from "@clauderon/base";
import type { EgressReport, Session } from "@clauderon/protocol";
import { placeholderOf, serviceFor, SERVICES } from "@clauderon/protocol/proxy";
import { captureExec } from "../attach/captureExec.ts";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { type Plan, readOutcomes } from "./model/attempt.ts";
import { parsePlace, POD_PLACES } from "./model/places.ts";
import { type Facts, proxyAttempts } from "./model/proxyAttempts.ts";
import { resultsOf, resultText } from "./model/resultText.ts";
import { openOwnPlaces } from "./ownPlaces.ts";

export interface BoundaryTestRequest {
  readonly name: string;
  readonly also: readonly string[];
  readonly json: boolean;
}

/** How long a place may take to answer: a network policy drops packets. */
const PATIENCE_MS = 3_000;

/** Tries to get out of a session as its agent could, and prints what came of it. */
export async function boundaryTestCommand(request: BoundaryTestRequest, context: CommandContext): Promise<void> {
  const { name, also, json } = request;
  const others = also.map((text) => parsePlace(text) ?? refusePlace(text));
  const client = await connectDaemon(context.config);
  const session = await client.get(name);
  const report = await client.egress(name);
  const isLocal = session.spec.backend === "local";
  await using own = isLocal ? await openOwnPlaces() : undefined;
  const plan: Plan = {
    places: [...(own?.places ?? POD_PLACES), ...others],
    proxy: proxyAttempts(report, factsOf(session, report)),
    patienceMs: PATIENCE_MS,
  };
  const program = readFileSync(fileURLToPath(new URL("inside/main.ts", import.meta.url)), "utf8");
  // On this machine, the sandbox shows the Node of this program.
  const node = isLocal ? process.execPath : "node";
  const argv = [node, "--input-type=module-typescript", "--eval", program, JSON.stringify(plan)];
  const printed = await captureExec(client, { name, argv }, context);
  const outcomes = readOutcomes(printed);
  if (outcomes === undefined) {
    throw new Fault("SESSION_NOT_RUNNING", `The attempts in session "${name}" were not reported`);
  }
  const results = resultsOf(outcomes, plan.proxy);
  context.print(json ? JSON.stringify({ items: results }, null, 2) : resultText(results));
  if (results.some(({ isThrough }) => isThrough)) context.setExitCode(1);
}

function refusePlace(text: string): never {
  throw new Fault("USAGE", `--also ${JSON.stringify(text)} is not an address and a port, such as 10.0.3.7:5432`, {
    hint: "Use an address instead of a name: the session has no DNS",
  });
}

/** What the attempts use: hosts that the session may reach by every method, and the placeholder of a credential. */
function factsOf({ uid }: Session, { allowed, credentials }: EgressReport): Facts {
  const hosts = allowed.flatMap(({ host, methods }) => (methods === undefined && !host.startsWith("*") ? [host] : []));
  const [credential] = credentials;
  const service = credential === undefined ? undefined : serviceFor(credential);
  const own: readonly string[] = service === undefined ? [] : SERVICES[service].hosts;
  const [listed = "api.anthropic.com"] = hosts;
  return {
    listed,
    other: hosts.find((host) => !own.includes(host)),
    placeholder:
      credential === undefined || service === undefined ? undefined : placeholderOf({ name: credential, service }, uid),
  };
}
