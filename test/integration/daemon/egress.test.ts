import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { processesOf, tryKill } from "../../kit/processes.ts";
import { CLAUDERON } from "../../kit/programs.ts";
import { DaemonWorld, NOTHING_LEFT, POLL } from "./daemonProcess.ts";
import {
  API_KEY,
  ATTACKER,
  begin,
  clauderon,
  curl,
  ENFORCE,
  GITHUB,
  proxyOf,
  runHere,
  startWorld,
} from "./egressWorld.ts";
import { installBubblewrap } from "./installBubblewrap.ts";

beforeAll(installBubblewrap);

describe("a session with --egress enforce", () => {
  it("reaches its repository's host and no other, until its user allows one, and leaves nothing", async () => {
    const { world, internet } = await startWorld();
    writeFileSync(join(world.repository, "package.json"), "{}");
    world.git("add", "package.json");
    world.git("commit", "-qm", "A package");
    world.bystanders.renew();
    const run = await begin(world, "web");
    expect(await world.session("web")).toMatchObject({ spec: { egress: { presets: ["npm"] } } });
    expect(
      await run("git fetch -q git@github.com:team/project main && git cat-file -p FETCH_HEAD:README.md"),
    ).toContain("helloexit 0");
    expect(await run(curl(ATTACKER))).toContain("000 403");
    expect(internet.attacker.requests).toEqual([]);
    // The same server, which the host of the tests reaches.
    await runHere("curl", ["-sSk", "-m", "20", `https://127.0.0.1:${internet.port}/`], { env: world.environment });
    for (const way of [`https://127.0.0.1:${internet.port}/`, "https://1.1.1.1/", "https://[2606:4700::1111]/"])
      expect(await run(curl(way, "-k", "--noproxy", "'*'"))).toMatch(/000 000\nexit 7\n/);
    const shown = await clauderon(world, "egress", "web");
    expect(shown).toMatch(/^Mode: +Enforce$/m);
    expect(shown).toMatch(/HostNotListed {2}CONNECT attacker\.example\.com$/m);
    expect(shown).toContain("Run `clauderon egress allow web attacker.example.com`");
    const details = await clauderon(world, "show", "web");
    expect(details).toMatch(/^Egress: +Enforce \(sandbox, proxy\)$/m);
    expect(details).toMatch(/^Refused: +1 request lately; .* HostNotListed {2}CONNECT attacker\.example\.com$/m);
    expect(JSON.parse(await clauderon(world, "show", "web", "--json"))).toMatchObject({
      egress: { noted: [{ host: "attacker.example.com" }] },
    });
    expect(await clauderon(world, "audit", "--session", "web", "--refused")).toContain("HostNotListed");
    await clauderon(world, "egress", "allow", "web", "attacker.example.com");
    expect(await run(curl(ATTACKER))).toContain("200 200");
    const allow = ["attacker.example.com"];
    expect(await world.session("web")).toMatchObject({ spec: { egress: { mode: "Enforce", allow } } });
    expect(await world.ask("DELETE", "/api/sessions/web?discardWork=true")).toMatchObject({ status: 200 });
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it("passes what no rule allows in mode Record, by the configuration, and suggests the list that it needs", async () => {
    const { world } = await startWorld({ CLAUDERON_PROXY_EGRESS: "" });
    writeFileSync(
      join(world.home, "config.toml"),
      '[proxy]\negress = "record"\nallow = ["unused.example.org"]\npresets = ["none"]\n',
    );
    await world.end("SIGTERM");
    await world.start();
    const run = await begin(world, "noting", { egress: undefined });
    expect(await world.session("noting")).toMatchObject({
      spec: { egress: { mode: "Record", allow: ["unused.example.org"], presets: [] } },
    });
    expect(await run(curl(ATTACKER))).toContain("200 200");
    expect(await run(curl("https://1.1.1.1/"))).toContain("000 403");
    const suggested = async () => await clauderon(world, "egress", "suggest", "noting");
    await expect.poll(suggested, POLL).toMatch(/^\+ {2}"attacker\.example\.com", +# 1 request, recorded$/m);
    expect(await suggested()).toMatch(/^- {2}"unused\.example\.org", +# no request$/m);
    expect(await clauderon(world, "egress", "suggest", "noting", "--format", "toml")).toBe(
      '[proxy]\nallow = [\n  "attacker.example.com",\n]\n',
    );
  });

  it("is what a session gets by default, and create says when it has no boundary", async () => {
    const { world } = await startWorld({ CLAUDERON_LOCAL_SANDBOX: "", CLAUDERON_PROXY_EGRESS: "" });
    await begin(world, "bound", { sandbox: undefined, egress: undefined });
    expect(await world.session("bound")).toMatchObject({ spec: { sandbox: true, egress: { mode: "Enforce" } } });
    const create = async (...more: readonly string[]) => {
      const env = { ...world.environment, CLAUDERON_AGENT: "scripted", CLAUDERON_AGENT_COMMAND: "/bin/cat" };
      const args = ["create", "--repo", world.repository, "--detach", ...more];
      // The agent ends at once: what is printed before counts.
      const ended = runHere(process.execPath, [CLAUDERON, ...args], { env });
      return (await ended.catch((thrown: unknown) => thrown as { readonly stderr: string })).stderr;
    };
    const asked = create("--name", "asked", "--no-sandbox");
    expect(await create("--env", "OPENAI_BASE_URL=https://gateway.example")).toContain(
      "The agent has no boundary: it reaches every host",
    );
    expect(await asked).not.toContain("boundary");
    expect(await clauderon(world, "show", "asked")).toMatch(/^Egress: +Open \(no boundary\)$/m);
  });

  it("gets no registries of the repository's languages on request", async () => {
    const { world } = await startWorld();
    writeFileSync(join(world.repository, "go.mod"), "module x");
    world.git("add", "go.mod");
    world.git("commit", "-qm", "A module");
    world.bystanders.renew();
    await world.create({
      name: "plain",
      sandbox: true,
      egress: { ...ENFORCE, detect: false },
      command: ["/bin/sh", "agent.sh"],
    });
    expect(await world.session("plain")).toMatchObject({ spec: { egress: { presets: [] } } });
    await world.until("plain", "Running");
  });

  it("reads and does not write in access mode ReadOnly", async () => {
    const { world } = await startWorld();
    const run = await begin(world, "reader", { accessMode: "ReadOnly" });
    const url = "https://github.com/team/project";
    expect(await run(curl(`${url}/info/refs?service=git-upload-pack`))).toContain("200 200");
    expect(await run(curl(`${url}/info/refs?service=git-receive-pack`))).toContain("403 200");
    expect(await clauderon(world, "egress", "reader")).toMatch(/ReadOnly {2}GET github\.com/);
    expect(await clauderon(world, "set-access-mode", "reader", "ReadWrite")).toContain("access mode ReadWrite");
    expect(await run(curl(`${url}/info/refs?service=git-receive-pack`))).toContain("401 200");
    await clauderon(world, "set-access-mode", "reader", "ReadOnly");
    expect(await run(curl(`${url}/info/refs?service=git-receive-pack`))).toContain("403 200");
    expect(await world.session("reader")).toMatchObject({ spec: { accessMode: "ReadOnly" } });
    expect(await clauderon(world, "egress", "reader")).toMatch(/^Access: +ReadOnly$/m);
  });

  it("pushes to its repository's host with a placeholder, if it was given the credential", async () => {
    const { world, internet } = await startWorld();
    const push = "GIT_TERMINAL_PROMPT=0 git push -q git@github.com:team/project HEAD:refs/heads/from-the-agent";
    const without = await begin(world, "without");
    expect(await without(push)).toMatch(/exit [1-9]/);
    const run = await begin(world, "web", { egress: { ...ENFORCE, credentials: ["GH_TOKEN"] } });
    expect(await run(push)).toBe("exit 0\n");
    expect(await internet.git.branches("team/project")).toContain("from-the-agent");
    const tokens = internet.git.requests.flatMap(({ token }) => token ?? []);
    expect(new Set(tokens)).toEqual(new Set([GITHUB]));
    expect(await run("env")).not.toContain(GITHUB);
  });

  it("keeps its connection to the outside while the daemon is killed and starts again, and gets it back when the proxy is killed", async () => {
    const { world } = await startWorld();
    const run = await begin(world, "web");
    const allowed = curl("https://github.com/team/project/info/refs?service=git-upload-pack");
    expect(await run(allowed)).toContain("200 200");
    await world.end("SIGKILL");
    expect(await run(allowed)).toContain("200 200");
    // With no daemon, nobody starts it again.
    const [before] = proxyOf(world);
    tryKill(before?.pid ?? 0);
    await expect.poll(() => proxyOf(world), POLL).toEqual([]);
    expect(await run(allowed)).toMatch(/^.*000 000\nexit \d+\n$/s);
    await world.start();
    const passes = async () => (await run(allowed)).includes("200 200");
    await vi.waitFor(async () => expect(await passes()).toBe(true), POLL);
    const [second] = proxyOf(world);
    tryKill(second?.pid ?? 0);
    await expect.poll(() => proxyOf(world).some(({ pid }) => pid !== second?.pid), POLL).toBe(true);
    await vi.waitFor(async () => expect(await passes()).toBe(true), POLL);
    expect(await run(curl(ATTACKER))).toContain("000 403");
    await world.ask("POST", "/api/sessions/web/archive");
    await world.until("web", "Archived");
    expect(proxyOf(world)).toEqual([]);
    await world.ask("POST", "/api/sessions/web/unarchive");
    await world.until("web", "Running");
    expect(await run(allowed)).toContain("200 200");
  });

  it("lets Claude Code do a whole turn with a placeholder, and the model sees the real key", async () => {
    const { world, internet } = await startWorld();
    const prompt = "compute";
    await world.create({
      name: "claude",
      agent: "claude-code",
      command: undefined,
      sandbox: true,
      egress: ENFORCE,
      permissionMode: "bypassPermissions",
      prompt,
    });
    const done = await vi.waitFor(async () => {
      const { status } = await world.session("claude");
      if (status.turns === 1) return status;
      throw new Error(JSON.stringify(status));
    }, POLL);
    expect(done).toMatchObject({ lastMessage: "The tool said: 42" });
    expect(done.credentials).toBeUndefined();
    const turns = internet.messages.requests.filter(({ path }) => path.startsWith("/v1/messages"));
    expect(turns.length).toBeGreaterThan(1);
    expect(new Set(turns.map(({ token }) => token))).toEqual(new Set([API_KEY]));
    const usage = /^Usage: +\d calls: .* tokens in.*, .* out, \$0\.\d+/m;
    await expect.poll(() => clauderon(world, "show", "claude"), POLL).toMatch(usage);
    expect(await clauderon(world, "egress", "claude")).toMatch(usage);
    const [heading, row] = (await clauderon(world, "list", "--wide")).split("\n");
    expect(heading).toMatch(/ EGRESS +TOKENS +COST$/);
    expect(row).toMatch(/^claude .* Enforce +[\d.]+k? +\$0\.\d+$/);
    expect(JSON.stringify(internet.messages.requests)).not.toMatch(/clauderon[0-9a-f]{24}/);
    // The runner within the sandbox and the agent, not the git that the daemon runs in the user's repository.
    const within = processesOf(world.home).filter(
      ({ line, environment }) => line.includes(" session ") || environment.includes("CLAUDERON_EVENTS="),
    );
    expect(within.length).toBeGreaterThan(2);
    expect(within.filter(({ environment }) => environment.includes(API_KEY)).map(({ line }) => line)).toEqual([]);
    const found = execFileSync("sh", ["-c", `grep -rlF ${API_KEY} ${world.home} || true`], { encoding: "utf8" });
    const file = join(world.home, "proxy/credentials/ANTHROPIC_API_KEY.json");
    expect(found.trim().split("\n")).toEqual([file]);
    await world.ask("PUT", "/api/credentials/ANTHROPIC_API_KEY", { value: "sk-ant-api03-another-key" });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      service: "anthropic",
      secret: "sk-ant-api03-another-key",
    });
  });
});

const named = (name: string) => ({ sandbox: true, egress: { ...ENFORCE, credentials: [name] } });

it("a boundary is refused without a sandbox or a credential that it names, with what to do, and no grant outlives its session", async () => {
  const world = new DaemonWorld();
  const grant = join(world.home, "proxy/grants/7f9619ff-8b86-4d01-b42d-00cf4fc964ff.json");
  mkdirSync(dirname(grant), { recursive: true, mode: 0o700 });
  writeFileSync(grant, "{}");
  await world.start();
  await expect.poll(() => existsSync(grant), POLL).toBe(false);
  const session = { repository: world.repository, agent: "scripted", egress: ENFORCE };
  const refused = async (changes: object) => {
    const { status, body } = await world.ask("POST", "/api/sessions", { ...session, ...changes });
    return `${status} ${JSON.stringify(body)}`;
  };
  expect(await refused({})).toMatch(/^422 .*Add --sandbox/);
  expect(await refused(named("DATABASE_URL"))).toMatch(/^422 .*no service that takes DATABASE_URL/);
  expect(await refused(named("GH_TOKEN"))).toMatch(/^409 .*clauderon credentials set GH_TOKEN/);
  expect(await refused({ sandbox: true, egress: { ...ENFORCE, allow: ["10.0.0.1"] } })).toMatch(
    /^4.. .*must be a host name/,
  );
  expect(proxyOf(world)).toEqual([]);
});
