import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { exchange, openTls, openTunnel } from "../../kit/proxy/client.ts";
import { startUpstream, type Upstream } from "../../kit/proxy/upstream.ts";
import { ProxyWorld } from "../../kit/proxy/world.ts";
import { type EndedCli, POLL, runCli, startCli } from "../cli/cliProcess.ts";

const HOST = "api.example.com";

let world: ProxyWorld;
let upstream: Upstream;
let log: string;
let text: string;

beforeAll(async () => {
  world = await ProxyWorld.create();
  upstream = await startUpstream({ authority: world.authority, name: HOST });
  const web = world.grant("web", { allow: [{ host: HOST }] });
  const other = world.grant("other");
  await world.start({ [HOST]: upstream.port });
  await openTunnel(world, "evil.example.com:443", web);
  await openTunnel(world, "evil.example.com:443", other);
  const tls = await openTls(world, HOST, web);
  await exchange(tls, `GET /a?secret=1 HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`);
  await vi.waitUntil(() => world.audit().at(-1)?.path === "/a", { timeout: 20_000 });
  log = join(world.state, "audit.jsonl");
  text = readFileSync(log, "utf8");
});

afterAll(async () => {
  await world.stop();
  await upstream.stop();
});

const audit = (...args: string[]): Promise<EndedCli> => runCli(["audit", "--state", world.state, ...args]);
/** Every line without its time. */
const shown = ({ stdout }: EndedCli): string[] =>
  stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.slice(26));

/** Runs `clauderon audit --verify` on a log of these lines. */
async function verify(lines: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<EndedCli> {
  const folder = mkdtempSync(join(tmpdir(), "audit-"));
  try {
    for (const [name, content] of Object.entries({ "audit.jsonl": lines.join("\n"), ...files }))
      writeFileSync(join(folder, name), content);
    return await runCli(["audit", "--state", folder, "--verify"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("clauderon audit", () => {
  it("shows what the proxy decided, for one session, and only refusals", async () => {
    const tunnel = `web  200  CONNECT ${HOST}:443  by ${HOST}`;
    const request = `web  200  GET ${HOST}/a  by ${HOST}`;
    const refused = "web  403 HostNotListed  CONNECT evil.example.com:443";
    expect(shown(await audit("--session", "web"))).toEqual([refused, tunnel, request]);
    expect(shown(await audit("--refused"))).toEqual([refused, refused.replace("web", "other")]);
    expect((await audit("--json")).stdout).toBe(text);
  });

  it("verifies the log as the proxy wrote it, over files of a rotated one too", async () => {
    const lines = text.trimEnd().split("\n");
    const hash = (JSON.parse(lines.at(-1) ?? "") as { hash: string }).hash;
    expect(await audit("--verify")).toMatchObject({ exitCode: 0, stdout: `Verified 4 lines. Last hash: ${hash}\n` });
    const rotated = { "audit.jsonl.2026-12-01T030000.000Z": `${lines[0]}\n` };
    expect((await verify([...lines.slice(1), ""], rotated)).stdout).toContain("Verified 4 lines. Last hash");
    expect((await verify([...lines.slice(1), ""])).stdout).toContain(
      "Verified 3 lines. Older lines are no longer in the folder",
    );
    expect((await verify([...lines, '{"half'])).stdout).toContain("Verified 4 lines");
    expect((await verify([])).stdout).toBe("The log has no lines\n");
  });

  it("shows new lines as they are written, over a rotation, each once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "audit-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [one = "", two = ""] = text.split("\n");
    const path = join(folder, "audit.jsonl");
    writeFileSync(join(folder, "audit.jsonl.2026-12-01T010000.000Z"), `${one}\n`);
    writeFileSync(path, `${two}\n`);
    const following = startCli(["audit", "--state", folder, "--follow", "--json"]);
    const lines = () => following.stdout().split("\n").length - 1;
    await expect.poll(lines, POLL).toBe(2);
    appendFileSync(path, one.slice(0, 9));
    appendFileSync(path, `${one.slice(9)}\n`);
    await expect.poll(lines, POLL).toBe(3);
    appendFileSync(path, `${two}\n`);
    renameSync(path, join(folder, "audit.jsonl.2026-12-01T020000.000Z"));
    writeFileSync(path, `${one}\n`);
    renameSync(path, join(folder, "audit.jsonl.2026-12-01T030000.000Z"));
    writeFileSync(path, `${two}\n`);
    await expect.poll(lines, POLL).toBe(6);
    expect(following.stdout()).toBe([one, two, one, two, one, two, ""].join("\n"));
    following.signal("SIGINT");
    await following.ended;
    expect((await audit("--follow", "--verify")).stderr).toContain("Use one of the two");
  });

  it("names the first line that was changed or is missing", async () => {
    const [one = "", two = "", three = "", four = ""] = text.trimEnd().split("\n");
    const changed = await verify([one, two.replace("evil", "good"), three, four, ""]);
    expect(changed).toMatchObject({
      exitCode: 1,
      stdout: "Line 2 of audit.jsonl is not as the proxy wrote it. Before it: 1 verified line\n",
    });
    const missing = await verify([one, three, four, ""]);
    expect(missing.exitCode).toBe(1);
    expect(missing.stdout).toBe(
      "Line 2 of audit.jsonl does not continue the line before it: lines are missing. Before it: 1 verified line\n",
    );
  });

  it("says which folder has no log, and what it left out", async () => {
    const none = await runCli(["audit", "--state", "/nowhere"]);
    expect(none).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("error[FILE_UNREADABLE]") as string });
    renameSync(log, `${log}.0`);
    writeFileSync(log, "damaged\n");
    expect((await audit("--session", "nobody")).stderr).toContain("Left out 1 line that cannot be read");
  });
});
