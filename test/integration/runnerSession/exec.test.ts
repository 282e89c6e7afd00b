import { describe, expect, it } from "vitest";
import { environmentsWith, isRunning } from "../../kit/processes.ts";
import { POLL, SessionProcess } from "./sessionProcess.ts";

async function connected(options: ConstructorParameters<typeof SessionProcess>[0] = {}) {
  const session = new SessionProcess(options);
  return { session, client: await session.connect() };
}

/** Prints the process ids of a child in a group of its own, and of itself; then stays. */
const STAYS = 'setsid sleep 1000 & echo "$! $$ over"; trap "" HUP TERM; wait';

const pidsIn = (text: string) => (/(\d+) (\d+) over/.exec(text) ?? []).slice(1).map(Number);

describe("a command in a session", () => {
  it("has the agent's folder and environment and its own streams, and reports its exit code before both close", async () => {
    const { session, client } = await connected({
      session: { credentialVariables: ["MODEL_TOKEN"] },
      environment: { MODEL_TOKEN: "sesame", OTHER_TOKEN: "never" },
    });
    const script = 'read line; echo "$PWD $HOME $MODEL_TOKEN$OTHER_TOKEN$CLAUDERON_EVENTS $line"; echo bad >&2; exit 3';
    const { out, err } = client.exec(["sh", "-c", script], { stderr: true });
    out.write("typed\n");
    await expect.poll(() => [out.closed, err.closed], POLL).toEqual(["", ""]);
    expect(out.text).toBe(`${session.folder}/work ${session.folder}/home sesame typed\n`);
    expect(err.text).toBe("bad\n");
    expect(out.messages).toEqual([{ type: "exit", exitCode: 3 }]);
  });

  it("reads to the end of its input, and reports the signal that ended it", async () => {
    const { client } = await connected();
    const { out: counting } = client.exec(["wc", "-c"]);
    counting.write("x".repeat(100_000));
    counting.end();
    const { out: killed } = client.exec(["sh", "-c", "kill -9 $$"]);
    await expect
      .poll(() => [counting.text.trim(), counting.exitCode, killed.exitCode], POLL)
      .toEqual(["100000", 0, 137]);
  });

  it("has a terminal of the requested size on request", async () => {
    const { client } = await connected();
    const { out } = client.exec(["sh", "-c", "stty size; read x; stty size; test -t 2; echo on $?"], {
      terminal: { cols: 91, rows: 23 },
    });
    await expect.poll(() => out.text, POLL).toContain("23 91");
    out.resize(77, 22);
    out.write("\r");
    await expect.poll(() => out.closed, POLL).toBe("");
    expect(out.text).toMatch(/22 77\r\non 0\r\n$/);
    expect(out.exitCode).toBe(0);
  });

  it.each([
    ["by streams", {}],
    ["in a terminal", { terminal: { cols: 80, rows: 24 } }],
  ])("prints %s at the speed of its client, and loses nothing", async (_how, options) => {
    const { client } = await connected();
    const { out } = client.exec(["sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo over"], options);
    out.isReading = false;
    // Somebody else is served meanwhile.
    const other = client.exec(["echo", "hello"]).out;
    await expect.poll(() => other.text, POLL).toBe("hello\n");
    await expect.poll(() => out.output.length, POLL).toBe(262_144);
    expect(out.exitCode).toBeUndefined();
    out.grant();
    await expect.poll(() => out.closed, POLL).toBe("");
    expect(out.text.trimEnd()).toMatch(/^x{3000000}\r?\nover$/);
  });

  it.each([
    ["its channel is closed", "close"],
    ["its connection is", "cut"],
    ["the runner ends", "stop"],
  ])("ends with all its processes when %s", async (_what, how) => {
    const { session, client } = await connected();
    const plain = client.exec(["sh", "-c", STAYS]).out;
    const inTerminal = client.exec(["sh", "-c", STAYS], { terminal: { cols: 80, rows: 24 } }).out;
    await expect.poll(() => [plain, inTerminal].flatMap(({ text }) => pidsIn(text)), POLL).toHaveLength(4);
    const pids = [plain, inTerminal].flatMap(({ text }) => pidsIn(text));
    expect(pids.map(isRunning)).toEqual([true, true, true, true]);
    if (how === "close") [plain, inTerminal].forEach((stream) => stream.close());
    else if (how === "cut") client.close();
    else session.signal("SIGTERM");
    await expect.poll(() => pids.map(isRunning), POLL).toEqual([false, false, false, false]);
  });

  it("leaves nothing running in the background when it ends", async () => {
    const { client } = await connected();
    const { out } = client.exec(["sh", "-c", "setsid sleep 1000 & echo $! $$ over"]);
    await expect.poll(() => out.exitCode, POLL).toBe(0);
    expect(isRunning(pidsIn(out.text)[0] ?? 0)).toBe(false);
  });

  it("is reported when it cannot be executed, and does not block the agent when nobody reads it", async () => {
    const { client } = await connected();
    const { out } = client.exec(["no-such-program"]);
    await expect.poll(() => out.closed, POLL).toBe("");
    expect(out.messages).toEqual([expect.objectContaining({ type: "error", code: "AGENT_UNAVAILABLE" })]);
    client.exec(["yes"]).out.isReading = false;
    client.ask({ type: "prompt", id: 1, prompt: "say hello" });
    await expect.poll(() => client.status?.turns, POLL).toBe(1);
  });

  it("has its variables in no other environment", async () => {
    const { client } = await connected({ environment: { SECRET_OF_RUNNER: "x" } });
    const { out } = client.exec(["sleep", "1000"]);
    await expect.poll(() => environmentsWith("SECRET_OF_RUNNER").length, POLL).toBe(1);
    out.close();
  });
});
