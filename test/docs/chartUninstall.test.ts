import { beforeAll, describe, expect, it, vi } from "vitest";
import { parseConfig } from "../../packages/operator/src/config.ts";
import { run } from "../kit/cluster/run.ts";
import { toolPath } from "../kit/cluster/tools.ts";
import { CHART, type Manifest, manifests, renderChart, unpackHelms } from "./chart.ts";
import { excessiveRights } from "./chartRights.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 120_000 }); // Helm is a process, unpacked on first use.
beforeAll(unpackHelms);

const annotationsOf = ({ metadata }: Manifest) => metadata.annotations ?? {};
const hooks = async (...args: readonly string[]) =>
  manifests(await renderChart("helm", args)).filter((object) => "helm.sh/hook" in annotationsOf(object));

interface JobSpec {
  readonly template: {
    readonly spec: {
      readonly serviceAccountName: string;
      readonly securityContext: object;
      readonly containers: readonly { readonly image: string; readonly args: readonly string[] }[];
    };
  };
}

describe("the hook of helm uninstall", () => {
  it("is a Job after the operator's end, with an account and rights that come before it and go with it", async () => {
    const found = await hooks();
    const weights = found.map((object) => `${object.kind} ${annotationsOf(object)["helm.sh/hook-weight"]}`);
    expect(weights.toSorted()).toEqual([
      "ClusterRole -5",
      "ClusterRoleBinding -5",
      "Job 0",
      "Role -5",
      "RoleBinding -5",
      "ServiceAccount -5",
    ]);
    for (const object of found) {
      expect(object.metadata.name).toBe("thurkube-uninstall");
      expect(annotationsOf(object)).toMatchObject({
        "helm.sh/hook": "post-delete",
        "helm.sh/hook-delete-policy": "before-hook-creation,hook-succeeded",
      });
    }
  });

  it("runs the operator's image with the option that the operator knows", async () => {
    const job = (await hooks("--set=image.repository=registry.test/own,image.tag=v2")).find(
      ({ kind }) => kind === "Job",
    );
    const { template } = (job as Manifest & { readonly spec: JobSpec }).spec;
    const [container] = template.spec.containers;
    expect([container?.image, template.spec.serviceAccountName]).toEqual([
      "registry.test/own:v2",
      "thurkube-uninstall",
    ]);
    const env = { POD_NAME: "pod", POD_NAMESPACE: "thurkube-system" };
    const leaderElection = { namespace: "thurkube-system", identity: "pod" };
    expect(parseConfig(container?.args ?? [], env)).toMatchObject({ command: "release-finalizers", leaderElection });
  });

  it("may do no more than it does", async () => {
    const rules = (await hooks()).flatMap(({ kind, rules = [] }) => rules.map((rule) => ({ kind, ...rule })));
    expect(excessiveRights(rules)).toEqual([]);
    const held = rules.flatMap(({ kind, resources = [], verbs }) =>
      resources.map((name) => `${kind} ${name} ${verbs.join()}`),
    );
    expect(held).toEqual([
      "ClusterRole agentjobs get,list,patch",
      "ClusterRole clusterroles delete,get,list",
      "ClusterRole clusterrolebindings delete,get,list",
      "Role leases create",
      "Role leases get,update",
    ]);
  });

  it("is left out on request, and has a name of at most 63 characters", async () => {
    expect(await hooks("--set=uninstallHook.enabled=false")).toEqual([]);
    const long = manifests(await run(await toolPath("helm"), ["template", "x".repeat(53), CHART]));
    for (const { metadata } of long) expect(metadata.name.length).toBeLessThanOrEqual(63);
  });
});
