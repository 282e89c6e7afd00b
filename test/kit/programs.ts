import { fileURLToPath } from "node:url";

/** The checkout, with a slash at its end. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const CLAUDERON = `${ROOT}packages/cli/bin/clauderon.mjs`;
export const DAEMON = `${ROOT}packages/daemon/bin/clauderon-daemon.mjs`;
export const RUNNER = `${ROOT}packages/runner/bin/clauderon-runner.mjs`;
export const PROXY = `${ROOT}packages/proxy/bin/clauderon-proxy.mjs`;

/** The path of an executable that behaves like an agent. */
export const fixtureAgent = (name: string): string => `${ROOT}test/kit/agents/${name}.mjs`;

/** The agent with a terminal, which takes prompts as commands. */
export const TERMINAL_AGENT = fixtureAgent("terminal");

/** A machine whose owner wants no boundary. With one, most tests would wait for a sandbox and a proxy that they are not about. */
export const WITHOUT_BOUNDARY = { CLAUDERON_LOCAL_SANDBOX: "false", CLAUDERON_PROXY_EGRESS: "open" } as const;

/** Collects what a process prints; the answer gives all of it so far. */
export function collectText(stream: NodeJS.ReadableStream): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
