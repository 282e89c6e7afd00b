import { Buffer } from "node:buffer";
import { encodeFrame } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { peakMemoryMiB } from "../../kit/processes.ts";
import { DaemonWorld, POLL } from "./daemonProcess.ts";

async function withSession() {
  const world = await new DaemonWorld().start();
  await world.create({ name: "shown" });
  await world.until("shown", "Running", "Idle");
  return world;
}

describe("a session's stream through the daemon", () => {
  it("greets, shows the terminal, and accepts typing and prompts as the runner itself does", async () => {
    const world = await withSession();
    const client = await world.stream("shown");
    await expect.poll(() => client.messages.slice(0, 2).map(({ type }) => type), POLL).toEqual(["hello", "status"]);
    const view = client.attach({ cols: 90, rows: 20 });
    await expect.poll(() => [view.writer, view.size], POLL).toEqual([true, "90x20"]);
    view.type("say typed\r");
    await expect.poll(() => view.text, POLL).toContain("typed");
    client.ask({ type: "prompt", id: 42, prompt: "say prompted" });
    await expect
      .poll(() => client.messages.at(-1), POLL)
      .toMatchObject({ type: expect.stringMatching(/done|status/) as unknown });
    await expect
      .poll(() => client.messages.some((message) => message.type === "done" && message.id === 42), POLL)
      .toBe(true);
    await expect.poll(() => view.text, POLL).toContain("prompted");
    client.ask({ type: "stop", id: 43 });
    await expect
      .poll(() => client.messages.find((message) => message.type === "error"), POLL)
      .toMatchObject({ id: 43, code: "USAGE" });
    await expect.poll(() => client.activities.at(-1), POLL).toBe("Idle");
  });

  it("serves more viewers than a runner allows on one connection", async () => {
    const world = await withSession();
    const clients = await Promise.all([1, 2, 3].map(() => world.stream("shown")));
    const views = clients.flatMap((client) => Array.from({ length: 40 }, () => client.attach({ mode: "watch" })));
    await expect
      .poll(() => views.every((view) => view.text !== "" || view.snapshots.length > 0 || view.size !== ""), POLL)
      .toBe(true);
    await world.ask("POST", "/api/sessions/shown/prompt", { prompt: "say to everybody" });
    await expect.poll(() => views.filter((view) => view.text.includes("to everybody")).length, POLL).toBe(120);
  });

  it("is not delayed by a client that reads nothing, and the daemon's memory stays bounded", async () => {
    const world = await withSession();
    const frozen = await world.stream("shown");
    for (let count = 0; count < 20; count += 1) frozen.attach({ mode: "watch" });
    await expect.poll(() => frozen.messages.length, POLL).toBeGreaterThan(1);
    frozen.freeze();
    const client = await world.stream("shown");
    const view = client.attach();
    await expect.poll(() => view.writer, POLL).toBe(true);
    const before = peakMemoryMiB(world.pid);
    view.type("flood 20\r");
    // A view that is too far behind continues with the current screen.
    await expect.poll(() => (view.snapshots.at(-1) ?? "") + view.text.slice(-1_000), POLL).toContain("flood over");
    expect(peakMemoryMiB(world.pid) - before).toBeLessThan(100);
    expect(await world.ask("GET", "/health")).toMatchObject({ status: 200 });
  });

  it("ends for a client that violates the protocol, and for no other", async () => {
    const world = await withSession();
    const good = await world.stream("shown");
    const view = good.attach();
    await expect.poll(() => view.writer, POLL).toBe(true);
    const bad = await Promise.all([1, 2, 3, 4].map(() => world.stream("shown")));
    const [garbage, greedy, nonsense, twice] = bad;
    garbage?.sendRaw(Buffer.alloc(64, 0xff));
    greedy?.attach({ mode: "watch" });
    greedy?.send({ channel: 1, type: "data", bytes: new Uint8Array(1_000_000) });
    nonsense?.sendRaw(encodeFrame({ channel: 0, type: "control", bytes: Buffer.from('{"type":1}') }));
    twice?.sendRaw(
      encodeFrame({ channel: 7, type: "control", bytes: Buffer.from('{"type":"git","service":"upload-pack"}') }),
    );
    twice?.sendRaw(
      encodeFrame({
        channel: 7,
        type: "control",
        bytes: Buffer.from('{"type":"attach","cols":9,"rows":9,"mode":"watch"}'),
      }),
    );
    await expect
      .poll(() => [garbage, greedy, nonsense].map((client) => client?.closed !== undefined), POLL)
      .toEqual([true, true, true]);
    view.type("say unharmed\r");
    await expect.poll(() => view.text, POLL).toContain("unharmed");
  });

  it("ends when the runner is gone, and is refused until the runner is back", async () => {
    const world = await withSession();
    const client = await world.stream("shown");
    await expect.poll(() => client.messages.length, POLL).toBeGreaterThan(1);
    await world.ask("POST", "/api/sessions/shown/archive");
    await world.until("shown", "Archived");
    await expect(world.stream("shown")).rejects.toThrow("SESSION_NOT_RUNNING");
    await world.ask("POST", "/api/sessions/shown/unarchive");
    await world.until("shown", "Running", "Idle");
    const again = await world.stream("shown");
    await expect.poll(() => again.messages.slice(0, 2).map(({ type }) => type), POLL).toEqual(["hello", "status"]);
  });
});
