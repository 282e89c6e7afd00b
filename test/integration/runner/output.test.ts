import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RUN_EXIT } from "@clauderon/protocol";
import { describe, expect, it } from "vitest";
import { peakMemoryMiB } from "../../kit/processes.ts";
import { runRunner, startRunner } from "./runnerProcess.ts";

const readTranscript = (folder: string) => readFile(join(folder, "home/.clauderon/transcript.jsonl"), "utf8");

describe("the runner's log", () => {
  it("marks output that is not the agent's, and neither interprets nor repeats it", async () => {
    const run = await runRunner({ agent: "garbage" });
    expect(run.exitCode).toBe(RUN_EXIT.succeeded);
    const garbage = run.lines.filter((line) => line.includes(" stdout ")).map((line) => line.slice(18));
    expect(garbage).toEqual([
      "Debugger attached.",
      '{"type":"text","te',
      "[1,2]",
      "null",
      '{"type":"nonsense"}',
      "��",
      `(a line of ${17 * 1_048_576} bytes, left out)`,
    ]);
    const transcript = (await readTranscript(run.folder)).trimEnd().split("\n");
    expect(transcript.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(["text", "result"]);
  });

  it("removes everything from the agent's text that a terminal would act on", async () => {
    const run = await runRunner({ agent: "garbage" });
    const says = run.lines.find((line) => line.includes(" says "));
    expect(says?.slice(18)).toBe("red  evil");
    // oxlint-disable-next-line no-control-regex -- naming control characters is the point
    expect(run.lines.join("\n")).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it("survives a flood of 100 MB and a line of 400 MB in bounded memory, and no line of it exceeds 4 KiB", async () => {
    const run = await startRunner({ agent: "flood" });
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, peakMemoryMiB(run.pid) || 0);
    }, 20);
    const ended = await run.ended.finally(() => clearInterval(watch));
    expect(ended.summary?.outcome).toBe("Succeeded");
    expect(Math.max(...ended.lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(4_096);
    expect(ended.lines.filter((line) => line.includes(" says ")).length).toBe(50);
    expect(peak).toBeGreaterThan(10);
    expect(peak).toBeLessThan(300);
    expect((await readTranscript(ended.folder)).length).toBeGreaterThan(99_000_000);
  });

  it("contains no credential, however the agent prints it", async () => {
    const token = 'tok"en-0123456789';
    const environment = { AGENT_TOKEN: token, THURKUBE_AUTH_ENV_VAR: "AGENT_TOKEN" };
    const run = await runRunner({ agent: "printToken", environment });
    const transcript = await readTranscript(run.folder);
    const everything = [run.lines.join("\n"), run.stderr, transcript, JSON.stringify(run.summary)].join("\n");
    expect(everything).not.toContain("0123456789");
    expect(run.lines.filter((line) => line.includes("[secret]"))).toHaveLength(4);
    expect(transcript.match(/\[secret\]/g)).toHaveLength(3);
    expect(run.summary?.lastMessage).toBe("The token was [secret]");
  });
});
