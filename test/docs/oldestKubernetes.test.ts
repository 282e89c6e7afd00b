import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LEAST_KUBERNETES } from "../../packages/cli/src/doctor/model/clusterFindings.ts";
import { NEWEST_KUBERNETES, OLDEST_KUBERNETES } from "../kit/cluster/build/goBinaries.ts";

const minor = (version: string) => version.split(".").slice(0, 2).join(".");
const [oldest, newest] = [minor(OLDEST_KUBERNETES), minor(NEWEST_KUBERNETES)];

it.each([
  ["README.md", `Kubernetes ${oldest} or newer`],
  ["charts/thurkube/Chart.yaml", `kubeVersion: ">=${oldest}.0-0"`],
  ["charts/thurkube/README.md", `Kubernetes ${oldest} or newer (tested with ${oldest} and ${newest})`],
  ["docs/kubernetes.md", `Kubernetes ${oldest} or newer (tested with ${oldest} and ${newest})`],
])("%s promises the versions of Kubernetes that the tests run", (file, promise) => {
  expect(readFileSync(join(import.meta.dirname, "../..", file), "utf8")).toContain(promise);
});

it("doctor asks for the oldest Kubernetes that the tests run", () => {
  expect(LEAST_KUBERNETES).toBe(oldest);
});
