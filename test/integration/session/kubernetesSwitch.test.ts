import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { POLL, startCli } from "../cli/cliProcess.ts";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { SessionUser } from "./sessionUser.ts";

// How the documentation enables the Kubernetes backend. An API server is enough: a missing namespace is reported before any pod.
const { api } = await useApiServer();

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

/** A daemon in its own window, as the documentation starts it. */
async function startDaemon(user: SessionUser, ...flags: readonly string[]): Promise<void> {
  startCli(["daemon", ...flags], user.options());
  await vi.waitUntil(async () => (await user.run(["daemon", "status"])).exitCode === 0, POLL);
}

describe("the Kubernetes backend", () => {
  it("is off: create is refused, says how to enable it, and leaves no session", async () => {
    const user = userOfCluster();
    const refused = await user.run(CREATE);
    expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
    expect(refused.stderr).toContain('error[FEATURE_DISABLED]: The backend "kubernetes" is not enabled');
    expect(refused.stderr).toMatch(/hint: .*--enable-kubernetes-backend.*kubernetes_backend = true.*\[features\]/);
    expect(refused.stderr).toContain("CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND");
    expect(await user.names()).toEqual([]);
  });

  it.each([
    [
      "the flag, whatever the file says",
      {},
      async (user: SessionUser) => {
        writeConfig(user, FILE.replace("true", "false"));
        await startDaemon(user, "--enable-kubernetes-backend");
      },
    ],
    ["the variable", VARIABLE, startDaemon],
    ["the file, for the daemon that create starts by itself", {}, (user: SessionUser) => writeConfig(user, FILE)],
  ])(
    "is enabled by %s; a missing namespace is reported with the command that creates it",
    async (_by, more, switchOn) => {
      const user = userOfCluster(more);
      await switchOn(user);
      const created = await user.run(CREATE);
      expect(created.stderr).toContain('The namespace "clauderon" is not in the cluster');
      expect(created.stderr).toContain("kubectl create namespace clauderon");
      expect(created.exitCode).not.toBe(0);
      // A session that could not be created can be deleted without an error.
      await user.ok("delete", "web");
      expect(await user.names()).toEqual([]);
    },
  );

  it("takes kubeconfig, context and namespace from flags, whatever the environment and the file say", async () => {
    const user = new SessionUser({ KUBECONFIG: "/nonexistent", CLAUDERON_KUBERNETES_CONTEXT: "elsewhere" });
    writeConfig(user, `${FILE}[kubernetes]\nnamespace = "filed"\n`);
    const kubeconfig = join(user.repository, "cluster.yaml");
    const text = await api.kubectl(["config", "view", "--raw", "--output=json"]);
    const config = JSON.parse(text) as { contexts: { name: string }[]; "current-context": string };
    const contexts = config.contexts.map((context) => ({ ...context, name: "flagged" }));
    writeFileSync(kubeconfig, JSON.stringify({ ...config, contexts, "current-context": "none" }));
    await startDaemon(user, "--kubeconfig", "cluster.yaml", "--context=flagged", "--namespace", "typed");
    expect((await user.run(CREATE)).stderr).toContain('The namespace "typed" is not in the cluster');
  });

  it("creates a failed session when it is recreated after its namespace exists", async () => {
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
