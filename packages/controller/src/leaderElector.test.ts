import type { KubeObject } from "@clauderon/base";
import { ApiError, type KubeClient } from "@clauderon/kube";
import { describe, expect, it } from "vitest";
import { FakeClock, settled } from "../../../test/kit/fakeClock.ts";
import { recordedLog } from "../../../test/kit/recordedLog.ts";
import { LeaderElector, type LeaderElectorOptions } from "./leaderElector.ts";
import type { LeaseSpec } from "./model/lease.ts";

type Lease = KubeObject & { readonly spec?: LeaseSpec };

/** The one Lease as the API server keeps it: a write needs the newest resourceVersion. `fault` may break any request. */
class LeaseServer implements Pick<KubeClient, "get" | "create" | "replace"> {
  lease: Lease | undefined;
  version = 0;
  fault?: () => Promise<void> | undefined;
  readonly requests: string[] = [];

  async get<T extends KubeObject>(): Promise<T | undefined> {
    await this.#receive("get");
    return this.lease as T | undefined;
  }

  async create<T extends KubeObject>(_resource: unknown, object: T): Promise<T> {
    await this.#receive("create");
    if (this.lease !== undefined) throw new ApiError(409, { reason: "AlreadyExists" });
    return this.write(object) as T;
  }

  async replace<T extends KubeObject>(_resource: unknown, object: T): Promise<T> {
    await this.#receive("replace");
    const isNewest = object.metadata.resourceVersion === this.lease?.metadata.resourceVersion;
    if (!isNewest) throw new ApiError(409, { reason: "Conflict" });
    return this.write(object) as T;
  }

  write(object: Lease): Lease {
    this.version += 1;
    this.lease = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.version) } };
    return this.lease;
  }

  async #receive(request: string): Promise<void> {
    this.requests.push(request);
    await this.fault?.();
  }
}

/** Candidates on one lease, and who works now. */
function stage() {
  const [server, clock] = [new LeaseServer(), new FakeClock()];
  const { log, lines } = recordedLog();
  const working = new Set<string>();
  const enter = (identity: string, options: Partial<LeaderElectorOptions> = {}) => {
    const stop = new AbortController();
    const lease = { namespace: "n", name: "l" };
    const elector = new LeaderElector({ client: server, lease, identity, log, clock, random: () => 0, ...options });
    const ended = elector.run(stop.signal, async (signal) => {
      working.add(identity);
      await clock.sleep(86_400_000, signal);
      working.delete(identity);
    });
    return { stop, ended };
  };
  return { server, clock, lines, working, enter };
}

const unreachable = () => Promise.reject(new Error("unreachable"));
const hang = () => new Promise<never>(() => undefined);

describe("LeaderElector", () => {
  it("lets one of two candidates work, and renews with one write", async () => {
    const { server, clock, working, enter } = stage();
    enter("a");
    await settled();
    server.requests.length = 0;
    await clock.advance(20_000);
    expect(server.requests).toEqual(Array.from({ length: 10 }, () => "replace"));
    enter("b");
    await clock.advance(60_000);
    expect([...working]).toEqual(["a"]);
  });

  it("hands over at the next try after a graceful stop", async () => {
    const { server, clock, working, enter } = stage();
    const a = enter("a");
    await settled();
    enter("b");
    await clock.advance(60_000);
    expect([...working]).toEqual(["a"]);
    a.stop.abort();
    await a.ended;
    expect(server.lease?.spec?.holderIdentity).toBeUndefined();
    await clock.advance(2000);
    expect([...working]).toEqual(["b"]);
    expect(server.lease?.spec).toMatchObject({ holderIdentity: "b", leaseTransitions: 2 });
  });

  it.each([
    ["refuses", unreachable],
    ["never answers", hang],
  ])("stops the work 10 s after the last renewal when the API server %s", async (_what, fault) => {
    const { server, clock, working, enter } = stage();
    enter("a");
    await clock.advance(2500); // renewed at 2000
    server.fault = fault;
    await clock.advance(9499);
    expect([...working]).toEqual(["a"]);
    await clock.advance(1);
    expect([...working]).toEqual([]);
  });

  it("never lets two work at a time, however the leader was cut off", async () => {
    const { server, clock, working, enter } = stage();
    const cut = { get: hang, create: hang, replace: hang };
    const isCut = { now: false };
    const client = new Proxy(server, {
      get: (target, name: "get" | "create" | "replace") =>
        isCut.now ? cut[name] : (target[name] as () => unknown).bind(target),
    });
    enter("a", { client });
    await settled();
    enter("b");
    await clock.advance(3000);
    isCut.now = true;
    let most = 0;
    for (let second = 0; second < 30; second += 1) {
      await clock.advance(1000);
      most = Math.max(most, working.size);
    }
    expect([most, [...working]]).toEqual([1, ["b"]]);
  });

  it("works again by itself when the API server is back", async () => {
    const { server, clock, working, enter } = stage();
    enter("a");
    await settled();
    server.fault = unreachable;
    await clock.advance(30_000);
    expect([...working]).toEqual([]);
    delete server.fault;
    await clock.advance(2500);
    expect([...working]).toEqual(["a"]);
  });

  it("continues through a short outage", async () => {
    const { server, clock, lines, enter } = stage();
    enter("a");
    await settled();
    server.fault = unreachable;
    await clock.advance(7500);
    delete server.fault;
    await clock.advance(60_000);
    expect(lines.map(({ message }) => message)).not.toContain("Lost the lease");
  });

  it("waits the lease's own duration when its holder died without releasing", async () => {
    const { server, clock, working, enter } = stage();
    server.write({
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "l", namespace: "n" },
      spec: { holderIdentity: "dead", leaseDurationSeconds: 15, renewTime: "1999-01-01T00:00:00.000000Z" },
    });
    enter("b");
    await clock.advance(14_999);
    expect([...working]).toEqual([]);
    await clock.advance(2000);
    expect([...working]).toEqual(["b"]);
  });

  it("acquires the lease again immediately as the same identity", async () => {
    const { server, working, enter } = stage();
    server.write({
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "l", namespace: "n" },
      spec: { holderIdentity: "a", leaseDurationSeconds: 15, leaseTransitions: 4 },
    });
    enter("a");
    await settled();
    expect([[...working], server.lease?.spec?.leaseTransitions]).toEqual([["a"], 4]);
  });

  it.each([7_200_000, -7_200_000])("neither loses nor steals the lease when the clocks jump by %i ms", async (jump) => {
    const { clock, working, enter, lines } = stage();
    enter("a");
    await settled();
    enter("b");
    await clock.advance(5000);
    clock.jump(jump);
    await clock.advance(60_000);
    expect([...working]).toEqual(["a"]);
    expect(lines.map(({ message }) => message)).not.toContain("Lost the lease");
  });

  it("stops the work immediately when another candidate holds the lease", async () => {
    const { server, clock, working, enter } = stage();
    enter("a");
    await settled();
    server.write({ ...(server.lease as Lease), spec: { holderIdentity: "admin", leaseDurationSeconds: 3600 } });
    await clock.advance(2000);
    expect([...working]).toEqual([]);
  });

  it("continues when another client only annotates the lease", async () => {
    const { server, clock, working, enter } = stage();
    enter("a");
    await settled();
    server.write({ ...(server.lease as Lease) });
    await clock.advance(2000);
    expect([[...working], server.requests.slice(-3)]).toEqual([["a"], ["replace", "get", "replace"]]);
  });

  it("renews the lease while the work is ending, and releases it only then", async () => {
    const [server, clock, stop] = [new LeaseServer(), new FakeClock(), new AbortController()];
    const options = { client: server, lease: { namespace: "n", name: "l" }, log: recordedLog().log, clock };
    const finished = Promise.withResolvers<void>();
    const ended = new LeaderElector({ ...options, identity: "a" }).run(stop.signal, () => finished.promise);
    await settled();
    stop.abort();
    await clock.advance(60_000);
    expect(server.lease?.spec?.holderIdentity).toBe("a");
    finished.resolve();
    await ended;
    expect(server.lease?.spec?.holderIdentity).toBeUndefined();
  });

  it("releases the lease and throws what the work throws", async () => {
    const [server, clock] = [new LeaseServer(), new FakeClock()];
    const options = { client: server, lease: { namespace: "n", name: "l" }, log: recordedLog().log, clock };
    const run = new LeaderElector({ ...options, identity: "a" }).run(new AbortController().signal, () =>
      Promise.reject(new TypeError("bug")),
    );
    await expect(run).rejects.toThrow("bug");
    expect(server.lease?.spec?.holderIdentity).toBeUndefined();
  });

  it("ends its stop after 2 s when the lease cannot be released", async () => {
    const { server, clock, enter } = stage();
    const a = enter("a");
    await settled();
    server.fault = hang;
    a.stop.abort();
    await clock.advance(2000);
    await expect(a.ended).resolves.toBeUndefined();
  });

  it("releases a lease that it got while it was being stopped", async () => {
    const { server, enter } = stage();
    const a = enter("a");
    a.stop.abort();
    await a.ended;
    expect(server.lease?.spec).toMatchObject({ leaseDurationSeconds: 1 });
    expect(server.lease?.spec?.holderIdentity).toBeUndefined();
  });

  it("ends its stop when a renewal hangs", async () => {
    const { server, clock, enter } = stage();
    const a = enter("a");
    await settled();
    server.fault = hang;
    await clock.advance(2500);
    a.stop.abort();
    await clock.advance(2000);
    await expect(a.ended).resolves.toBeUndefined();
  });

  it("counts its term from the write, however long the lease took to be read", async () => {
    const { server, clock, lines, working, enter } = stage();
    server.fault = () => clock.sleep(12_000);
    enter("a");
    await clock.advance(1);
    delete server.fault;
    await clock.advance(30_000);
    expect([[...working], lines.map(({ message }) => message)]).toEqual([["a"], ["Acquired the lease"]]);
  });

  it("does not start the work on a lease that took too long to be written", async () => {
    const { server, clock, lines, working, enter } = stage();
    server.fault = () => (server.requests.at(-1) === "get" ? undefined : clock.sleep(12_000));
    enter("a");
    await clock.advance(12_000);
    delete server.fault;
    expect([...working]).toEqual([]);
    await clock.advance(30_000);
    expect([[...working], lines.map(({ message }) => message)]).toEqual([["a"], ["Acquired the lease"]]);
  });

  it("refuses a renew deadline that outlasts the lease", () => {
    const { enter } = stage();
    expect(() => enter("a", { renewDeadlineMs: 15_000 })).toThrow(RangeError);
  });
});
