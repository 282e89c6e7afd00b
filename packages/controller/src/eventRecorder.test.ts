import { Fault, type KubeObject } from "@clauderon/base";
import { ApiError } from "@clauderon/kube";
import { describe, expect, it } from "vitest";
import { FakeClock, settled } from "../../../test/kit/fakeClock.ts";
import { recordedLog } from "../../../test/kit/recordedLog.ts";
import { EventRecorder } from "./eventRecorder.ts";

const job: KubeObject = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "j", namespace: "n", uid: "uid-j", resourceVersion: "7" },
};
const started = { type: "Normal", reason: "Started", action: "Start", message: "A run has started" } as const;

/** A recorder whose writes go to a list; `onWrite` may refuse them. */
function start() {
  const [clock, { log, lines }] = [new FakeClock(), recordedLog()];
  const written: Record<string, unknown>[] = [];
  const api: { onWrite?: () => void | Promise<void> } = {};
  const write = async (body: unknown) => {
    await api.onWrite?.();
    written.push(body as Record<string, unknown>);
    return body as never;
  };
  const client = {
    create: (_resource: unknown, object: unknown) => write(object),
    patch: (_resource: unknown, _ref: unknown, patch: unknown) => write(patch),
  };
  const reporter = { controller: "thurkube", instance: "thurkube-0" };
  const recorder = new EventRecorder({ client, reporter, log, clock, random: () => 0.5 });
  return { api, clock, lines, recorder, written };
}

describe("EventRecorder", () => {
  it("writes what events.k8s.io/v1 requires", async () => {
    const { recorder, written } = start();
    recorder.event(job, started);
    await recorder.flush();
    expect(written).toEqual([
      {
        apiVersion: "events.k8s.io/v1",
        kind: "Event",
        metadata: { name: expect.stringMatching(/^j-[0-9a-f]{16}$/), namespace: "n" },
        eventTime: "2026-01-01T00:00:00.000000Z",
        type: "Normal",
        reason: "Started",
        action: "Start",
        note: "A run has started",
        regarding: {
          apiVersion: "batch/v1",
          kind: "Job",
          name: "j",
          namespace: "n",
          uid: "uid-j",
          resourceVersion: "7",
        },
        reportingController: "thurkube",
        reportingInstance: "thurkube-0",
      },
    ]);
  });

  it("raises the count of the series when the same happens again, and starts another for other events", async () => {
    const { clock, recorder, written } = start();
    for (const message of ["one", "one", "two", "one"]) {
      recorder.event(job, { ...started, message });
      await recorder.flush();
      await clock.advance(1000);
    }
    recorder.event({ ...job, metadata: { ...job.metadata, uid: "another" } }, { ...started, message: "one" });
    await recorder.flush();
    expect(written.map(({ note, series }) => note ?? series)).toEqual([
      "one",
      { count: 2, lastObservedTime: "2026-01-01T00:00:01.000000Z" },
      "two",
      { count: 3, lastObservedTime: "2026-01-01T00:00:03.000000Z" },
      "one",
    ]);
  });

  it("treats an object that changed meanwhile as the same object", async () => {
    const { recorder, written } = start();
    recorder.event(job, started);
    await recorder.flush();
    recorder.event({ ...job, metadata: { ...job.metadata, resourceVersion: "8" } }, started);
    await recorder.flush();
    expect(written[1]).toMatchObject({ series: { count: 2 } });
  });

  it("combines repetitions during a write into one", async () => {
    const { api, recorder, written } = start();
    const gate = Promise.withResolvers<void>();
    api.onWrite = () => gate.promise;
    for (let time = 0; time < 10; time += 1) recorder.event(job, started);
    gate.resolve();
    await recorder.flush();
    expect(written.length).toBeLessThanOrEqual(2);
    expect(written.at(-1)).toMatchObject({ series: { count: 10 } });
  });

  it("allows 25 events of an object at once, then one in 5 minutes, without affecting other objects", async () => {
    const { clock, recorder, written } = start();
    const flood = async (object: KubeObject) => {
      for (let at = 0; at < 40; at += 1) recorder.event(object, { ...started, message: `${clock.now()} ${at}` });
      await recorder.flush();
    };
    await flood(job);
    expect(written).toHaveLength(25);
    await flood({ ...job, metadata: { ...job.metadata, uid: "another" } });
    expect(written).toHaveLength(50);
    await clock.advance(300_000);
    await flood(job);
    expect(written).toHaveLength(51);
  });

  it("begins a new series when the Event has expired", async () => {
    const { api, recorder, written } = start();
    recorder.event(job, started);
    await recorder.flush();
    let refused = false;
    api.onWrite = () => {
      if (refused) return;
      refused = true;
      throw new ApiError(404, { reason: "NotFound" });
    };
    recorder.event(job, started);
    await recorder.flush();
    expect(written).toHaveLength(2);
    expect(written[1]).toMatchObject({ kind: "Event", note: "A run has started" });
  });

  it("retries while the API server is away", async () => {
    const { api, clock, lines, recorder, written } = start();
    let failures = 2;
    api.onWrite = () => {
      failures -= 1;
      if (failures >= 0) throw new Fault("CLUSTER_UNAVAILABLE", "away");
    };
    recorder.event(job, started);
    await clock.advance(10_000);
    expect([written.length, lines.length]).toEqual([1, 0]);
  });

  it("treats an existing Event as its own successful write", async () => {
    const { api, recorder, written, lines } = start();
    api.onWrite = () => {
      delete api.onWrite;
      throw new ApiError(409, { reason: "AlreadyExists" });
    };
    recorder.event(job, started);
    await recorder.flush();
    recorder.event(job, started);
    await recorder.flush();
    expect([written, lines]).toEqual([[{ series: expect.objectContaining({ count: 2 }) }], []]);
  });

  it("drops an event that is refused or never accepted, with a log line, and continues with the next", async () => {
    const { api, clock, lines, recorder, written } = start();
    api.onWrite = () => {
      throw new ApiError(403, { reason: "Forbidden", message: "namespace is being terminated" });
    };
    recorder.event(job, started);
    await settled();
    expect(lines).toHaveLength(1);
    api.onWrite = () => {
      throw new Fault("CLUSTER_UNAVAILABLE", "away");
    };
    recorder.event(job, { ...started, reason: "Other" });
    await clock.advance(60_000);
    expect(lines).toHaveLength(2);
    delete api.onWrite;
    recorder.event(job, { ...started, reason: "Third" });
    await recorder.flush();
    expect(written).toHaveLength(1);
  });

  it("never waits and holds no more than it can, when writes hang", async () => {
    const { api, lines, recorder, written } = start();
    const gate = Promise.withResolvers<void>();
    api.onWrite = () => gate.promise;
    for (let at = 0; at < 3000; at += 1) {
      recorder.event({ ...job, metadata: { ...job.metadata, uid: `uid-${at}` } }, started);
    }
    expect(lines).toHaveLength(1999);
    gate.resolve();
    await recorder.flush();
    expect(written).toHaveLength(1001);
  });

  it("cuts a message to 1,024 bytes, between characters", async () => {
    const { recorder, written } = start();
    recorder.event(job, { ...started, message: "é".repeat(2000) });
    await recorder.flush();
    const note = String(written[0]?.note);
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1024);
    expect(note).toMatch(/^é{500,}…$/);
  });

  it("never throws, whatever it receives", () => {
    const { lines, recorder } = start();
    expect(() => recorder.event({} as KubeObject, started)).not.toThrow();
    expect(lines[0]).toMatchObject({ level: "error", message: "Recording an event failed" });
  });
});
