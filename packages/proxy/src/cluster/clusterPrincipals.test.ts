import { createHash } from "node:crypto";
import { silentLog } from "@clauderon/base";
import { CONFIG_MAPS, type KubeClient, type Resource, SECRETS, type WatchOptions } from "@clauderon/kube";
import { describe, expect, it, onTestFinished } from "vitest";
import { FakeClock, settled } from "../../../../test/kit/fakeClock.ts";
import { ScriptedWatch } from "../../../../test/kit/scriptedWatch.ts";
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
    metadata: { namespace: "agents", name: `clauderon-grant-${principal}`, uid: "1", resourceVersion: "1", labels },
    data,
  };
}

/** A proxy that hears only of the changes of Secrets that the test sends, what it asks the API server for, and its clock. */
function deaf(get: (name: string) => Promise<LiveSecret | undefined>) {
  const asked: string[] = [];
  const clock = new FakeClock();
  const apis = new Map<unknown, ScriptedWatch>([SECRETS, CONFIG_MAPS].map((kind) => [kind, new ScriptedWatch()]));
  const client = {
    get: async (kind: unknown, { name }: { readonly name: string }) => {
      if (kind !== SECRETS) return undefined;
      asked.push(name);
      return await get(name);
    },
    list: async (kind: Resource<LiveSecret>) => await apis.get(kind)?.list(kind),
    watch: (kind: Resource<LiveSecret>, options: WatchOptions) => apis.get(kind)?.watch(kind, options),
  } as unknown as KubeClient;
  const principals = new ClusterPrincipals({ client, namespace: "agents", log: silentLog, clock });
  onTestFinished(() => principals.close());
  const hear = async (type: "ADDED" | "DELETED", secret: LiveSecret) => {
    apis.get(SECRETS)?.current.send(type, secret);
    await settled();
  };
  return { asked, clock, principals, hear };
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
    const { principals, clock } = deaf(async () => secret);
    await principals.meet(header("uid-1"));
    secret = undefined;
    expect(principals.has("uid-1")).toBe(true);
    await clock.advance(1_000);
    await principals.meet(header("uid-1", "wrong"));
    expect(principals.has("uid-1")).toBe(false);
  });

  it("forgets a grant whose existence and deletion it only reads, and keeps one that it cannot read", async () => {
    let secret: LiveSecret | undefined = grantSecret("uid-1");
    let isAway = false;
    const { principals, clock } = deaf(async () => {
      if (isAway) throw new Error("no route");
      return secret;
    });
    const changes: boolean[] = [];
    principals.watch(() => changes.push(principals.has("uid-1")));
    await settled();
    await principals.meet(header("uid-1"));
    isAway = true;
    await clock.advance(20_000);
    expect(principals.has("uid-1")).toBe(true);
    isAway = false;
    secret = undefined;
    await clock.advance(20_000);
    expect(principals.has("uid-1")).toBe(false);
    expect(changes.at(-1)).toBe(false);
  });

  it("reads no grant again that it hears of", async () => {
    const { principals, clock, asked, hear } = deaf(async () => grantSecret("uid-1"));
    principals.watch(() => undefined);
    await settled();
    await principals.meet(header("uid-1"));
    await hear("ADDED", grantSecret("uid-1"));
    await clock.advance(60_000);
    expect(asked).toEqual(["clauderon-grant-uid-1"]);
    await hear("DELETED", grantSecret("uid-1"));
    expect(principals.has("uid-1")).toBe(false);
  });

  it("does not bring back a grant of whose deletion it hears while it reads it", async () => {
    const answer = Promise.withResolvers<LiveSecret>();
    const { principals, hear } = deaf(() => answer.promise);
    principals.watch(() => undefined);
    await settled();
    await hear("ADDED", grantSecret("uid-1"));
    const meeting = principals.meet(header("uid-1", "wrong"));
    await hear("DELETED", grantSecret("uid-1"));
    answer.resolve(grantSecret("uid-1"));
    await meeting;
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
