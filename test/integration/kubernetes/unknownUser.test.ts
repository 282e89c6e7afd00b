import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PERSISTENT_VOLUME_CLAIMS, PODS, userName } from "@clauderon/kube";
import { beforeAll, describe, expect, it } from "vitest";
import type { SessionRecord } from "../../../packages/daemon/src/backend.ts";
import { useApiServer } from "../../kit/apiserver/index.ts";
import { RUNNING, setPodStatus } from "./podState.ts";
import { backendOn, contextOf, POLL, sessionNamed } from "../../kit/sessions/backendStage.ts";
import { SessionUser } from "../session/sessionUser.ts";

/** As before Kubernetes 1.28, this API server has no SelfSubjectReview. */
const { api, client } = await useApiServer({
  flags: [
    "--disable-admission-plugins=StorageObjectInUseProtection",
    "--runtime-config=authentication.k8s.io/v1=false",
  ],
});
const namespace = "clauderon";
const here = backendOn({ kubeconfig: api.kubeconfig });
/** The daemon of another person, of whom the API server says no more. */
const there = backendOn({ kubeconfig: api.kubeconfig });
const UNKNOWN = { code: "CLUSTER_REFUSED", message: expect.stringContaining("does not say who you are") as unknown };

beforeAll(async () => {
  await api.kubectl(["create", "namespace", namespace]);
});

async function up(session: SessionRecord): Promise<void> {
  const done = here.bringUp(session, contextOf().context);
  const place = { namespace, name: `clauderon-${session.name}` };
  await expect.poll(async () => (await client.get(PODS, place))?.metadata.uid, POLL).toBeDefined();
  await setPodStatus(client, namespace, place.name, RUNNING);
  await done;
}

describe("a user whom the API server does not name", () => {
  it("runs sessions, adopts nobody's and lists nobody's as orphans", async () => {
    expect(await userName(client)).toBeUndefined();
    const [session, broken] = [sessionNamed("mine"), sessionNamed("broken")];
    for (const one of [session, broken]) await up(one);
    const record = { op: "replace", path: "/metadata/annotations/clauderon.dev~1session", value: "{" } as const;
    await client.patch(PERSISTENT_VOLUME_CLAIMS, { namespace, name: "clauderon-broken" }, [record]);
    expect(await there.observe(session)).toMatchObject({ phase: "Running" });
    for (const backend of [here, there]) {
      await expect(backend.adoptable([])).rejects.toMatchObject(UNKNOWN);
      await expect(backend.orphans([], new Set())).rejects.toMatchObject(UNKNOWN);
    }
    for (const one of [session, broken]) await here.remove(one, contextOf().context);
  });

  it("is what clauderon doctor reports, with what the cluster is missing", async () => {
    const user = new SessionUser();
    mkdirSync(user.clauderonHome, { mode: 0o700 });
    const settings = ["[features]", "kubernetes_backend = true", "[kubernetes]", `kubeconfig = "${api.kubeconfig}"`];
    writeFileSync(join(user.clauderonHome, "config.toml"), settings.join("\n"));
    const { exitCode, stdout } = await user.run(["doctor"]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/ok +cluster +v1\.\d+\.\d+ at https:[^,]*\n/);
    expect(stdout).toMatch(
      /FAIL +user +the API server does not say who you are.*\n *→ .*1\.28 or newer.*authentication/,
    );
  });
});
