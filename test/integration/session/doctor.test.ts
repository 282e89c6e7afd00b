import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { kubeconfigOf } from "../../kit/sessions/backendStage.ts";
import { SessionUser } from "./sessionUser.ts";

const { api } = await useApiServer();
const ROLE = join(import.meta.dirname, "../../../docs/kubernetes-role.yaml");
const version = (JSON.parse(await api.kubectl(["version", "--output=json"])) as Versions).serverVersion.gitVersion;

interface Versions {
  readonly serverVersion: { readonly gitVersion: string };
}

beforeAll(async () => {
  await api.kubectl(["create", "namespace", "clauderon"]);
  for (const user of ["new", "me"]) await api.kubectl(["create", "serviceaccount", user, "-n", "clauderon"]);
  await api.kubectl(["apply", "-n", "clauderon", "-f", ROLE]);
  const binding = ["rolebinding", "me", "-n", "clauderon", "--role=clauderon-daemon", "--serviceaccount=clauderon:me"];
  await api.kubectl(["create", ...binding]);
});

/** What doctor reports of the cluster: `name state: message → fix`. */
async function doctor(settings: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const user = new SessionUser();
  mkdirSync(user.clauderonHome, { mode: 0o700 });
  const lines = Object.entries(settings).map(([name, value]) => `${name} = "${value}"`);
  const config = ["[features]", "kubernetes_backend = true", "[kubernetes]", ...lines].join("\n");
  writeFileSync(join(user.clauderonHome, "config.toml"), config);
  const { stdout } = await user.run(["doctor", "--json"]);
  const { items } = JSON.parse(stdout) as { readonly items: readonly Record<string, string>[] };
  const from = items.findIndex(({ name }) => name === "cluster");
  return items.slice(from).map(({ name, state, message, fix }) => {
    const told = `${name} ${state}: ${message}`;
    return fix === undefined ? told : `${told} → ${fix}`;
  });
}

describe("doctor for a cluster", () => {
  it("finds no problem in a complete cluster", async () => {
    const kubeconfig = await kubeconfigOf(api, "clauderon", "me");
    const ready = [`cluster ok: ${version} at ${api.url}, as system:serviceaccount:clauderon:me`];
    const unseen = "optional: you cannot read it: ask an administrator of the cluster whether it exists";
    const rights = "rights ok: sufficient in clauderon";
    expect(await doctor({ kubeconfig })).toEqual([
      ...ready,
      "namespace ok: clauderon",
      `storage class ${unseen}`,
      rights,
    ]);
    const fast = {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: "fast" },
      provisioner: "x/y",
    };
    await api.kubectl(["create", "-f", "-"], JSON.stringify(fast));
    expect((await doctor({ kubeconfig: api.kubeconfig, storage_class: "fast" })).slice(1)).toEqual([
      "namespace ok: clauderon",
      "storage class ok: fast",
      rights,
    ]);
  });

  it("reports what is missing, each with the command or setting that fixes it", async () => {
    const admin = await doctor({ kubeconfig: api.kubeconfig, namespace: "nowhere", storage_class: "slow" });
    expect(admin.slice(1, 3)).toEqual([
      "namespace missing: nowhere does not exist → Run `kubectl create namespace nowhere`",
      expect.stringMatching(
        /^storage class missing: slow does not exist → Set \[kubernetes\] storage_class .* one of: /,
      ),
    ]);
    const rights = (await doctor({ kubeconfig: await kubeconfigOf(api, "clauderon", "new") })).at(-1);
    expect(rights).toBe(
      "rights missing: you cannot get persistentvolumeclaims and 24 more in clauderon → " +
        "Run `kubectl apply -n clauderon -f docs/kubernetes-role.yaml`, then `kubectl create rolebinding clauderon-daemon " +
        "-n clauderon --role=clauderon-daemon --user=system:serviceaccount:clauderon:new`",
    );
  });

  it("reports why the cluster cannot be reached", async () => {
    expect(await doctor({ kubeconfig: "/nowhere/config" })).toEqual([
      expect.stringMatching(/^cluster missing: .*\/nowhere\/config.* → /),
    ]);
    expect(await doctor({ kubeconfig: api.kubeconfig, context: "other" })).toEqual([
      expect.stringMatching(/^cluster missing: There is no context "other" in .* → Available contexts: /),
    ]);
  });
});
