import { execFile } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished } from "vitest";
import { type Internet, startInternet } from "../../kit/internet/internet.ts";
import { text, toolUse } from "../../kit/internet/messages/turns.ts";
import { processesOf } from "../../kit/processes.ts";
import { CLAUDERON } from "../../kit/programs.ts";
import { DaemonWorld, POLL } from "./daemonProcess.ts";

export const runHere = promisify(execFile);
export const GITHUB = "ghp_the-real-token-of-the-user-0123456789";
export const API_KEY = "sk-ant-api03-the-real-key-0123456789";
export const ENFORCE = { mode: "Enforce" as const, allow: [], presets: [], credentials: [], detect: true };

/** Runs each script that the test leaves in its folder, one after the other. */
const AGENT = `while :; do
  if test -e todo; then sh todo > output 2>&1; echo "exit $?" >> output; rm todo; mv output done; fi
  sleep 0.05
done`;

/** A daemon whose proxy finds the kit's servers behind the names of the internet's. */
export async function startWorld(
  variables: Readonly<Record<string, string>> = {},
): Promise<{ readonly world: DaemonWorld; readonly internet: Internet }> {
  const internet = await startInternet({
    messages: {
      script: ({ turn, toolResults }) =>
        turn === 0
          ? toolUse("Bash", { command: "echo $((6*7))", description: "Compute" })
          : text(`The tool said: ${toolResults.map((result) => result.text).join()}`),
    },
    git: { repositories: { "team/project": { files: { "README.md": "hello" } } }, tokens: { [GITHUB]: "push" } },
  });
  onTestFinished(() => internet.stop());
  const { port } = internet;
  const world = new DaemonWorld({
    ANTHROPIC_API_KEY: API_KEY,
    GH_TOKEN: GITHUB,
    ...variables,
    CLAUDERON_PROXY_UPSTREAM_CA: internet.caFile,
    CLAUDERON_PROXY_ALLOW_PRIVATE: "127.0.0.1/32",
    CLAUDERON_PROXY_CONNECT_TO: internet.hosts.map((host) => `${host}:443:127.0.0.1:${port}`).join(","),
  });
  world.git("remote", "add", "origin", "git@github.com:team/project.git");
  world.bystanders.renew();
  writeFileSync(join(world.repository, "agent.sh"), AGENT);
  await world.start();
  return { world, internet };
}

/** A session of a shell within its boundary, and how to run something in it. */
export async function begin(world: DaemonWorld, name: string, changes: object = {}) {
  await world.create({ name, sandbox: true, egress: ENFORCE, command: ["/bin/sh", "agent.sh"], ...changes });
  await world.until(name, "Running");
  const folder = join(world.home, "sessions", name, "work");
  return async (script: string): Promise<string> => {
    writeFileSync(join(folder, "todo.new"), script);
    renameSync(join(folder, "todo.new"), join(folder, "todo"));
    await expect.poll(() => existsSync(join(folder, "done")), POLL).toBe(true);
    const said = readFileSync(join(folder, "done"), "utf8");
    rmSync(join(folder, "done"));
    return said;
  };
}

export const curl = (url: string, ...args: readonly string[]) =>
  `curl -sS -m 20 -o /dev/null -w '%{http_code} %{http_connect}\\n' ${args.join(" ")} ${url}`;
export const ATTACKER = "https://attacker.example.com/";

export const proxyOf = (world: DaemonWorld) => processesOf(world.home).filter(({ line }) => line.includes(" --state "));

export async function clauderon(world: DaemonWorld, ...args: readonly string[]): Promise<string> {
  return (await runHere(process.execPath, [CLAUDERON, ...args], { env: world.environment })).stdout;
}
