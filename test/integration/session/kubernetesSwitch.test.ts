import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { POLL, startCli } from "../cli/cliProcess.ts";
import { startApiServer } from "../../kit/apiserver/index.ts";
import { SessionUser } from "./sessionUser.ts";

// How the guide switches the Kubernetes backend on. An API server is enough: a namespace that is missing is told before any pod.
const api = await startApiServer();
afterAll(() => api[Symbol.asyncDispose]());

const CREATE = ["create", "--backend", "kubernetes", "--name", "web", "--prompt", "Deploy to staging", "--detach"];
const FILE = "[features]\nkubernetes_backend = true\n";
const VARIABLE = { CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND: "1" };

function userOfCluster(more: Readonly<Record<string, string>> = {}): SessionUser {
  return new SessionUser({ KUBECONFIG: api.kubeconfig, ...more });
}

function writeConfig({ clauderonHome }: SessionUser, text: string): void {
  mkdirSync(clauderonHome, { recursive: true });
  writeFileSync(join(clauderonHome, "config.toml"), text);
}

const daemonListens = (user: SessionUser) =>
  expect.poll(async () => (await user.run(["daemon", "status", "--json"])).exitCode, POLL).toBe(0);

async function expectEnabled(user: SessionUser): Promise<void> {
  const created = await user.run(CREATE);
  expect(created.stderr).toContain('The namespace "clauderon" is not in the cluster');
  expect(created.stderr).toContain("kubectl create namespace clauderon");
  expect(created.exitCode).not.toBe(0);
  // What could not be made is no trouble to be rid of.
  await user.ok("delete", "web");
  expect(await user.names()).toEqual([]);
}

describe("the Kubernetes backend", () => {
  it("is off: a create is refused in words that tell how to switch it on, and leaves no session", async () => {
    const user = userOfCluster();
    const refused = await user.run(CREATE);
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.stderr).toContain('error[FEATURE_DISABLED]: The backend "kubernetes" is not enabled');
    expect(refused.stderr).toMatch(/hint: .*--enable-kubernetes-backend.*kubernetes_backend = true.*\[features\]/);
    expect(refused.stderr).toContain("CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND");
    expect(await user.names()).toEqual([]);
  });

  it("is on by the flag, whatever the file says", async () => {
    const user = userOfCluster();
    writeConfig(user, FILE.replace("true", "false"));
    startCli(["daemon", "--enable-kubernetes-backend"], user.options());
    await daemonListens(user);
    await expectEnabled(user);
  });

  it("is on by the variable", async () => {
    const user = userOfCluster(VARIABLE);
    startCli(["daemon"], user.options());
    await daemonListens(user);
    await expectEnabled(user);
  });

  it("is on by the file, for the daemon that create starts by itself", async () => {
    const user = userOfCluster();
    writeConfig(user, FILE);
    await expectEnabled(user);
  });

  it("goes on with a session by itself once its namespace is there", async () => {
    const user = userOfCluster();
    writeConfig(user, `${FILE}[kubernetes]\nnamespace = "late"\n`);
    expect((await user.run(CREATE)).stderr).toContain("kubectl create namespace late");
    await api.kubectl(["create", "namespace", "late"]);
    const recreated = startCli(["recreate", "web"], user.options());
    const objects = () => api.kubectl(["get", "pvc,pods", "--namespace=late", "--output=name"]);
    await expect.poll(objects, POLL).toContain("persistentvolumeclaim/clauderon-web");
    recreated.signal("SIGINT");
  });
});
