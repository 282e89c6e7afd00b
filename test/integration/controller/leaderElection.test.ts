import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { LEASES } from "@clauderon/kube";
import { describe, expect, it, onTestFinished } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";

const LEASE = { namespace: "default", name: "election" };
const { api, client } = await useApiServer();

interface Candidate {
  readonly process: ChildProcess;
  /** Its output so far. */
  readonly said: () => string;
}

/** Starts a candidate in its own process, which is killed at the end of the test. */
function startCandidate(identity: string): Candidate {
  const script = join(import.meta.dirname, "candidate.ts");
  const child = spawn(process.execPath, [script, api.kubeconfig, identity], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stdout.on("data", (bytes) => (said += bytes));
  return { process: child, said: () => said };
}

const says = (candidate: Candidate, words: string) => expect.poll(candidate.said, { timeout: 20_000 }).toBe(words);
const holder = async () => (await client.get(LEASES, LEASE))?.spec?.holderIdentity;

/** Two candidates of which the first leads. */
async function startTwo() {
  await client.delete(LEASES, LEASE);
  const first = startCandidate("first");
  await says(first, "leading\n");
  return { first, second: startCandidate("second") };
}

describe("LeaderElector", () => {
  it("hands over when the leader ends normally", async () => {
    const { first, second } = await startTwo();
    const exited = once(first.process, "exit");
    first.process.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    expect(first.said()).toBe("leading\nstopped\n");
    await says(second, "leading\n");
    expect(await holder()).toBe("second");
  });

  it("hands over when the leader is killed without releasing the lease", async () => {
    const { first, second } = await startTwo();
    first.process.kill("SIGKILL");
    await says(second, "leading\n");
    expect(await holder()).toBe("second");
  });

  it("makes a leader that slept past its lease stop its work and wait", async () => {
    const { first, second } = await startTwo();
    first.process.kill("SIGSTOP");
    await says(second, "leading\n");
    first.process.kill("SIGCONT");
    await says(first, "leading\nstopped\n");
    expect([await holder(), second.said()]).toEqual(["second", "leading\n"]);
  });

  it("continues after the API server was killed and restarted", async () => {
    const { first, second } = await startTwo();
    await api.kill();
    await says(first, "leading\nstopped\n");
    await api.restart();
    const leading = () => [first, second].filter(({ said }) => said().endsWith("leading\n")).length;
    await expect.poll(leading, { timeout: 20_000 }).toBe(1);
  });
});
