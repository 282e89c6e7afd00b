import { createHash } from "node:crypto";
import { silentLog } from "@clauderon/base";
import { systemClock } from "@clauderon/controller";
import type { KubeClient } from "@clauderon/kube";
import { describe, expect, it } from "vitest";
import { ClusterPrincipals } from "./clusterPrincipals.ts";
import type { LiveSecret } from "./secrets.ts";

const PASSWORD = "word";
const header = (user: string, password = PASSWORD) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

function grantSecret(principal: string): LiveSecret {
  const grant = {
    principal,
    kind: "Session",
    name: "web",
    tokenHash: createHash("sha256").update(PASSWORD).digest("hex"),
    accessMode: "ReadWrite",
    egressMode: "Enforce",
    allow: [],
  };
  const labels = { "clauderon.dev/proxy": "grant" };
  const data = { "grant.json": Buffer.from(JSON.stringify(grant)).toString("base64") };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace: "agents", name: `clauderon-grant-${principal}`, labels },
    data,
  };
}

/** A proxy that hears of no change, what it asks the API server for, and its clock. */
function deaf(get: (name: string) => Promise<LiveSecret | undefined>) {
  const asked: string[] = [];
  const time = { now: 0 };
  const clock = { ...systemClock, monotonic: () => time.now };
  const client = {
    get: async ({ kind }: { readonly kind: string }, { name }: { readonly name: string }) => {
      if (kind !== "Secret") return undefined;
      asked.push(name);
      return await get(name);
    },
  } as unknown as KubeClient;
  return { asked, time, principals: new ClusterPrincipals({ client, namespace: "agents", log: silentLog, clock }) };
}

describe("ClusterPrincipals", () => {
  it("looks for a grant of which it has not heard, before it refuses its principal", async () => {
    const { principals, asked } = deaf(async () => grantSecret("uid-1"));
    expect(principals.authenticate(header("uid-1"))).toMatchObject({ known: false });
    await Promise.all([principals.meet(header("uid-1")), principals.meet(header("uid-1"))]);
    expect(principals.authenticate(header("uid-1"))).toMatchObject({ known: true });
    await principals.meet(header("uid-1"));
    expect(asked).toEqual(["clauderon-grant-uid-1"]);
  });

  it("forgets a grant that it finds deleted", async () => {
    let secret: LiveSecret | undefined = grantSecret("uid-1");
    const { principals, time } = deaf(async () => secret);
    await principals.meet(header("uid-1"));
    secret = undefined;
    expect(principals.has("uid-1")).toBe(true);
    time.now += 1_000;
    await principals.meet(header("uid-1", "wrong"));
    expect(principals.has("uid-1")).toBe(false);
  });

  it("keeps what it knows while the API server does not answer", async () => {
    let isAway = false;
    const { principals } = deaf(async () => {
      if (isAway) throw new Error("no route");
      return grantSecret("uid-1");
    });
    await principals.meet(header("uid-1"));
    isAway = true;
    await principals.meet(header("uid-2"));
    expect(principals.authenticate(header("uid-2"))).toMatchObject({ known: false });
    expect(principals.authenticate(header("uid-1"))).toMatchObject({ known: true });
  });

  it.each(["", "../secrets/x", "A", "a".repeat(200), "x y"])("asks for no Secret of the user name %j", async (user) => {
    const { principals, asked } = deaf(async () => undefined);
    await principals.meet(header(user));
    expect(asked).toEqual([]);
  });
});
