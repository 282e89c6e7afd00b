import type { EnvVar } from "kubernetes-types/core/v1.js";
import { describe, expect, it } from "vitest";
import { exampleEntry } from "../../session/model/entry.fixture.ts";
import { claimOf, configMapOf, podOf } from "./objects.ts";
import { recordOf } from "./record.ts";

const SETTINGS = {
  namespace: "clauderon",
  storageSize: "1Gi",
  imagePullSecrets: [],
  image: "agent",
  pullPolicy: "Never",
  cpuLimit: "1",
  memoryLimit: "1Gi",
  include: [],
} as const;

const { record } = exampleEntry();
const session = { ...record, spec: { ...record.spec, backend: "kubernetes", environment: { A: "1", B: "" } } } as const;
const claim = claimOf(session, SETTINGS);

describe("a session's specification", () => {
  it("is stored on its claim, for the daemon that adopts the session", () => {
    expect(recordOf(claim)?.spec.environment).toEqual({ A: "1", B: "" });
  });

  it("gives its variables to the container, and to the runner, which passes them to the agent", () => {
    const pod = podOf(session, claim, SETTINGS, {
      credentials: ["K"],
      environment: { GIT_AUTHOR_NAME: "Ada" },
      proxied: undefined,
    });
    const [container] = (pod.spec?.containers ?? []) as readonly { readonly env?: readonly EnvVar[] }[];
    expect(container?.env?.map(({ name, value }) => [name, value])).toEqual([
      ["HOME", "/workspace/home"],
      ["GIT_AUTHOR_NAME", "Ada"],
      ["A", "1"],
      ["B", ""],
      ["K", undefined],
    ]);
    const { data } = configMapOf(session, claim, { credentials: [], include: [".env"], git: undefined, boundary: [] });
    const runner = JSON.parse(data?.["session.json"] ?? "{}") as object;
    expect(runner).toMatchObject({ variables: ["GIT_SSL_CAINFO", "A", "B"], include: [".env"] });
  });
});
