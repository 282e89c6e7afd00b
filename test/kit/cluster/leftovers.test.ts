import { describe, expect, it } from "vitest";
import { layoutOf } from "./layout.ts";
import { isNodeRoot, planCleaning } from "./leftovers.ts";

const STATE = "/var/tmp/one";
const layout = layoutOf(STATE);
const NOTHING = { processes: [], links: [], controlGroups: [] };

function ended(commandLine: string): readonly number[] {
  return planCleaning(layout, { ...NOTHING, processes: [{ pid: 7, commandLine: commandLine.split(" ") }] }).processes;
}

describe("planCleaning", () => {
  it("ends the processes that create and hold the node, at every stage", () => {
    expect(ended(`unshare --pid --mount /kit/node.sh /cache/pause ${STATE} /cache`)).toEqual([7]);
    expect(ended(`/bin/bash /kit/node.sh /cache/pause ${STATE} /cache`)).toEqual([7]);
    expect(ended(`/cache/pause ${STATE}`)).toEqual([7]);
  });

  it("ends the kit's own clients that a killed up leaves waiting", () => {
    expect(
      ended(`/cache/kubectl --kubeconfig=${STATE}/admin.kubeconfig --cache-dir=${STATE}/kubectl-cache apply`),
    ).toEqual([7]);
    expect(ended(`ctr --address ${STATE}/containerd.sock images import base.tar`)).toEqual([7]);
  });

  it("spares another cluster, a pod's sandbox and a user who inspects the state folder", () => {
    expect(ended(`/cache/pause ${STATE}-two`)).toEqual([]);
    expect(ended("/pause")).toEqual([]);
    expect(ended(`tail -f ${STATE}/logs/kubelet.log`)).toEqual([]);
    expect(ended(`kubectl --kubeconfig=${STATE}/admin.kubeconfig get pods --watch`)).toEqual([]);
  });

  it("removes only the link and the control groups of its own number, deepest group first", () => {
    const links = ["lo", "eth0", "clauderon0", "clauderon01", "clauderon1"];
    const controlGroups = [
      "/c/cpu/clauderon-test-0",
      "/c/cpu/clauderon-test-0/kubepods",
      "/c/cpu/clauderon-test-01",
      "/c/cpu/kubepods",
    ];
    expect(planCleaning(layout, { ...NOTHING, links, controlGroups })).toEqual({
      processes: [],
      links: ["clauderon0"],
      controlGroups: ["/c/cpu/clauderon-test-0/kubepods", "/c/cpu/clauderon-test-0"],
    });
  });
});

describe("isNodeRoot", () => {
  it("is false until the node is prepared", () => {
    expect(isNodeRoot(["/bin/bash", "/kit/node.sh", "/cache/pause", STATE, "/cache"], STATE)).toBe(false);
    expect(isNodeRoot(["/cache/pause", STATE], STATE)).toBe(true);
  });
});
