import { describe, expect, it } from "vitest";
import { peakMemoryMiB } from "../../kit/processes.ts";
import { POLL, SessionProcess } from "./sessionProcess.ts";
import type { TerminalView, ViewerClient } from "./viewerClient.ts";

async function started(): Promise<{ readonly session: SessionProcess; readonly client: ViewerClient }> {
  const session = new SessionProcess();
  const client = await session.connect();
  await expect.poll(() => client.status?.activity, POLL).toBe("Idle");
  return { session, client };
}

const shows = (view: TerminalView) => expect.poll(() => view.snapshots.join("") + view.text, POLL);

describe("a session's terminal", () => {
  it("is drawn immediately for a later viewer, and continues from there", async () => {
    const { client } = await started();
    const first = client.attach();
    client.ask({ type: "prompt", id: 1, prompt: "say hello" });
    await shows(first).toContain("hello");
    const second = client.attach({ mode: "watch" });
    await shows(second).toContain("hello");
    expect(second.snapshots).toHaveLength(1);
    // The terminal may have printed more meanwhile, which is on its way to the first.
    await expect.poll(() => first.end, POLL).toBeGreaterThanOrEqual(second.start ?? 0);
    client.ask({ type: "prompt", id: 2, prompt: "say more" });
    await expect.poll(() => second.text, POLL).toContain("more");
    await expect.poll(() => second.end === first.end, POLL).toBe(true);
  });

  it("misses and doubles no byte for a viewer that returns with its offset", async () => {
    const { session, client } = await started();
    const whole = client.attach({ offset: 0 });
    const cut = await session.connect();
    const before = cut.attach({ offset: 0 });
    // It grants nothing: what was granted from the start is a part of the flood only.
    before.isReading = false;
    client.ask({ type: "prompt", id: 1, prompt: "flood 2" });
    await expect.poll(() => before.output.length, POLL).toBeGreaterThan(200_000);
    cut.close();
    const kept = before.output;
    await expect.poll(() => whole.text, POLL).toContain("flood over");
    const again = (await session.connect()).attach({ offset: kept.length });
    await expect.poll(() => again.text, POLL).toContain("flood over");
    expect(again.snapshots).toEqual([]);
    expect(Buffer.concat([kept, again.output]).equals(whole.output)).toBe(true);
  });

  it("has one writer: the first viewer, or the one that takes over; typing of others is dropped", async () => {
    const { session, client } = await started();
    const first = client.attach();
    const other = await session.connect();
    const second = other.attach();
    await expect.poll(() => [first.writer, second.writer, second.size], POLL).toEqual([true, false, "100x30"]);
    second.type("say dropped\r");
    const third = other.attach({ takeOver: true });
    await expect.poll(() => [first.writer, third.writer], POLL).toEqual([false, true]);
    first.type("say dropped too\r");
    third.type("say written\r");
    await shows(first).toContain("written");
    expect(first.text).not.toContain("dropped");
  });

  it("has the writer's size, and gets a new writer when the writer leaves", async () => {
    const { session, client } = await started();
    const first = client.attach({ cols: 90, rows: 25 });
    const watcher = (await session.connect()).attach({ cols: 10, rows: 10, mode: "watch" });
    first.resize(77, 22);
    await expect.poll(() => watcher.size, POLL).toBe("77x22");
    watcher.resize(10, 10);
    client.ask({ type: "prompt", id: 1, prompt: "size" });
    await shows(watcher).toContain("size 77x22");
    first.close();
    const next = client.attach({ cols: 60, rows: 20 });
    await expect.poll(() => [next.writer, watcher.size], POLL).toEqual([true, "60x20"]);
  });

  it("gets the viewer that has waited longest as its next writer, with that window's size, and never a watcher", async () => {
    const { client } = await started();
    const first = client.attach();
    const watcher = client.attach({ mode: "watch" });
    const second = client.attach({ cols: 70, rows: 21 });
    const third = client.attach({ cols: 60, rows: 20 });
    await expect.poll(() => third.size, POLL).toBe("100x30");
    second.resize(71, 22);
    first.close();
    await expect
      .poll(() => [second.writer, second.size, third.writer, third.size], POLL)
      .toEqual([true, "71x22", false, "71x22"]);
    second.type("say by the second\r");
    await shows(watcher).toContain("by the second");

    // The previous writer writes again afterwards.
    const fourth = client.attach({ takeOver: true });
    await expect.poll(() => [fourth.writer, second.writer], POLL).toEqual([true, false]);
    fourth.close();
    await expect.poll(() => second.writer, POLL).toBe(true);
    second.close();
    await expect.poll(() => [third.writer, third.size], POLL).toEqual([true, "60x20"]);
    third.close();
    await expect.poll(() => watcher.size, POLL).toBe("60x20");
    expect(watcher.writer).toBe(false);
  });

  it("floods 64 MiB past viewers that do not read with bounded memory and no delay for one that reads", async () => {
    const { session, client } = await started();
    const reading = client.attach();
    const idle = (await session.connect()).attach({ mode: "watch" });
    idle.isReading = false;
    const frozen = await session.connect();
    frozen.attach({ mode: "watch" });
    frozen.freeze();
    const before = peakMemoryMiB(session.pid);
    client.ask({ type: "prompt", id: 1, prompt: "flood 64" });
    await expect.poll(() => client.status?.turns, { timeout: 60_000, interval: 50 }).toBe(1);
    await shows(reading).toContain("flood over");
    expect(peakMemoryMiB(session.pid) - before).toBeLessThan(100);
    // The idle viewer gets the current screen, and everything after it.
    idle.grant();
    await expect.poll(() => idle.snapshots.at(-1), POLL).toContain("flood over");
    client.ask({ type: "prompt", id: 2, prompt: "say after" });
    await expect.poll(() => idle.text, POLL).toContain("after");
  });

  it("is not blocked by an agent that does not read what is typed", async () => {
    const { session, client } = await started();
    const writer = client.attach();
    client.ask({ type: "prompt", id: 1, prompt: "deaf" });
    await expect.poll(() => client.status?.activity, POLL).toBe("Working");
    writer.type("x".repeat(200_000));
    const other = (await session.connect()).attach({ mode: "watch" });
    await shows(other).toContain("terminal agent");
  });
});
