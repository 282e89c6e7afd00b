import { Fault, type KubeObject } from "@clauderon/base";
import { ApiError, CONFIG_MAPS } from "@clauderon/kube";
import { describe, expect, it } from "vitest";
import { FakeClock, settled } from "../../../test/kit/fakeClock.ts";
import { recordedLog } from "../../../test/kit/recordedLog.ts";
import { ScriptedWatch } from "../../../test/kit/scriptedWatch.ts";
import { Informer } from "./informer.ts";

const object = (name: string, version: number): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "n", uid: `uid-${name}`, resourceVersion: String(version) },
});

/** An informer that runs against a script, with the time in the test's hands; `random` 0.5 puts jitter in its middle. */
function start(prepare?: (api: ScriptedWatch) => void) {
  const [api, clock, stop] = [new ScriptedWatch(), new FakeClock(), new AbortController()];
  prepare?.(api);
  const { log, lines } = recordedLog();
  const surroundings = { log, clock, random: () => 0.5 };
  const informer = new Informer<KubeObject>(api, CONFIG_MAPS, { namespace: "n", labelSelector: "a=b" }, surroundings);
  const ended = informer.run(stop.signal);
  return { api, clock, stop, lines, informer, ended };
}

const lost = () => new Fault("CLUSTER_UNAVAILABLE", "Connection lost");
const gone = () => new ApiError(410, { reason: "Expired", message: "too old" });
const names = (informer: Informer<KubeObject>) => informer.list().map(({ metadata }) => metadata.name);

describe("a reflector", () => {
  it("watches from where the list ended, with bookmarks and a server timeout of 5 to 10 minutes", async () => {
    const { api } = start();
    await settled();
    expect(api.lists).toEqual([{ namespace: "n", labelSelector: "a=b", limit: 500 }]);
    expect(api.current.options).toMatchObject({
      namespace: "n",
      labelSelector: "a=b",
      resourceVersion: "100",
      allowWatchBookmarks: true,
      timeoutSeconds: 450,
    });
  });

  it("continues from the last event or bookmark when the server ends the watch, immediately and without a list", async () => {
    const { api, clock } = start();
    await settled();
    api.current.send("ADDED", object("a", 105));
    api.current.send("BOOKMARK", object("", 120));
    await clock.advance(60_000);
    api.current.end();
    await settled();
    expect(api.watches.map(({ options }) => options.resourceVersion)).toEqual(["100", "120"]);
    expect(api.lists).toHaveLength(1);
  });

  it("continues from the last event after a lost connection, without a list, and logs it once", async () => {
    const { api, clock, lines } = start();
    await settled();
    api.current.send("ADDED", object("a", 105));
    for (let drop = 0; drop < 3; drop += 1) {
      api.current.fail(lost());
      await clock.advance(10_000);
    }
    expect(api.watches.map(({ options }) => options.resourceVersion)).toEqual(["100", "105", "105", "105"]);
    expect(lines.filter(({ level }) => level === "warn")).toHaveLength(1);
    api.current.send("MODIFIED", object("a", 106));
    await settled();
    expect(lines.at(-1)).toMatchObject({ level: "info", message: "Connected to the API server again" });
  });

  it.each([
    ["within the stream", (api: ScriptedWatch) => api.current.fail(gone())],
    [
      "as the answer to a watch",
      (api: ScriptedWatch) => {
        api.onWatch = () => {
          api.onWatch = undefined;
          throw gone();
        };
        api.current.end();
      },
    ],
  ])("lists again after a 410 %s and deletes what is gone", async (_where, expire) => {
    const { api, clock, informer } = start((api) => (api.objects = [object("a", 1), object("b", 2)]));
    await settled();
    const events: unknown[] = [];
    informer.onChange(({ type, object }) => events.push([type, object.metadata.name]));
    events.length = 0;
    api.objects = [object("b", 2), object("c", 130)];
    api.resourceVersion = 130;
    expire(api);
    await clock.advance(3000);
    expect(events).toEqual([
      ["added", "c"],
      ["deleted", "a"],
    ]);
    expect(api.current.options.resourceVersion).toBe("130");
  });

  it("reads the list in one piece when its continue token expired", async () => {
    const { api, informer } = start((api) => {
      api.objects = [object("b", 2), object("c", 3)];
      api.onList = (options) => {
        if (options.continue !== undefined) throw gone();
        return options.limit === undefined
          ? undefined
          : { metadata: { resourceVersion: "100", continue: "next" }, items: [object("a", 1)] };
      };
    });
    await settled();
    expect(api.lists.map(({ limit, continue: next }) => [limit, next])).toEqual([
      [500, undefined],
      [500, "next"],
      [undefined, undefined],
    ]);
    expect(names(informer)).toEqual(["b", "c"]);
  });

  it("is not synced before the last page", async () => {
    let isFirst = true;
    const { clock, informer } = start((api) => {
      api.onList = (options) => {
        if (options.continue === undefined) {
          return { metadata: { resourceVersion: "1", continue: "next" }, items: [object("a", 1)] };
        }
        if (isFirst) {
          isFirst = false;
          throw lost();
        }
        return { metadata: { resourceVersion: "1" }, items: [object("b", 1)] };
      };
    });
    await settled();
    expect([names(informer), informer.synced]).toEqual([["a"], false]);
    await clock.advance(2000);
    expect([names(informer), informer.synced]).toEqual([["a", "b"], true]);
  });

  it("backs off from 1 to 24 s, spread by a quarter, while nothing answers", async () => {
    const { api, clock } = start((api) => {
      api.onList = () => {
        throw lost();
      };
    });
    await settled();
    const pauses: (number | undefined)[] = [];
    for (let failure = 0; failure < 7; failure += 1) {
      pauses.push(clock.nextInMs);
      await clock.advance(clock.nextInMs ?? 0);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 24_000, 24_000]);
    expect(api.lists).toHaveLength(8);
  });

  it("waits as long as Retry-After says, at most 5 minutes", async () => {
    const { clock } = start((api) => {
      const answers = [7000, 86_400_000];
      api.onList = () => {
        throw new ApiError(429, { reason: "TooManyRequests" }, answers.shift());
      };
    });
    await settled();
    expect(clock.nextInMs).toBe(7000);
    await clock.advance(7000);
    expect(clock.nextInMs).toBe(300_000);
  });

  it("backs off when watches end as soon as they begin, and recovers", async () => {
    const { api, clock, lines } = start((api) => {
      api.onWatch = () => api.current.end();
    });
    await clock.advance(60_000);
    expect(api.watches.length).toBeLessThan(8);
    expect(lines).toEqual([]);
    api.onWatch = undefined;
    await clock.advance(30_000);
    const opened = api.watches.length;
    await clock.advance(10_000);
    api.current.end();
    await settled();
    expect(api.watches.length).toBe(opened + 1);
  });

  it("treats a watch as dead 30 s after it should have ended, and continues from there", async () => {
    const { api, clock, lines } = start();
    await clock.advance(479_999);
    expect(api.watches).toHaveLength(1);
    await clock.advance(2000);
    expect([api.watches.length, api.lists.length]).toEqual([2, 1]);
    expect(lines[0]).toMatchObject({ level: "warn", fields: { error: "The watch timed out" } });
  });

  it("treats a watch with bookmarks as dead after 3 minutes of silence", async () => {
    const { api, clock } = start();
    await settled();
    api.current.send("BOOKMARK", object("", 120));
    await clock.advance(120_000);
    api.current.send("BOOKMARK", object("", 121));
    await clock.advance(179_999);
    expect(api.watches).toHaveLength(1);
    await clock.advance(2000);
    expect(api.watches.map(({ options }) => options.resourceVersion)).toEqual(["100", "121"]);
  });

  it("waits for a CRD that is not installed yet, says so once, and recovers", async () => {
    const { api, clock, informer, lines } = start((api) => {
      api.onList = () => {
        throw new ApiError(404, { reason: "NotFound", message: "the server could not find the requested resource" });
      };
    });
    await clock.advance(60_000);
    expect(informer.synced).toBe(false);
    expect(lines.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
      "Not served by the API server; waiting for its CRD to be installed",
    ]);
    api.onList = undefined;
    await clock.advance(30_000);
    expect(informer.synced).toBe(true);
    expect(lines.at(-1)?.message).toBe("Connected to the API server again");
  });

  it("lists again when its CRD was deleted and reinstalled", async () => {
    const { api, clock, informer } = start((api) => (api.objects = [object("a", 1)]));
    await settled();
    api.objects = [];
    api.current.fail(new ApiError(404, { reason: "NotFound" }));
    await clock.advance(2000);
    expect([names(informer), api.lists.length, informer.synced]).toEqual([[], 2, true]);
  });

  it("ends immediately when it is stopped, even during a request that never ends", async () => {
    const watching = start();
    await settled();
    watching.stop.abort();
    await watching.ended;
    const listing = start((api) => {
      api.list = () => new Promise(() => undefined);
    });
    await settled();
    listing.stop.abort();
    await listing.ended;
    const pausing = start((api) => {
      api.onList = () => {
        throw lost();
      };
    });
    await settled();
    pausing.stop.abort();
    await pausing.ended;
    expect([watching, listing, pausing].map(({ clock }) => clock.nextInMs)).toEqual([undefined, undefined, undefined]);
  });
});
