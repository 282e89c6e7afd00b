import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createAuthority } from "../../kit/internet/certificates.ts";
import { runClaude } from "../../kit/internet/headlessClaude.ts";
import { type Internet, startInternet } from "../../kit/internet/internet.ts";
import { text, toolUse } from "../../kit/internet/messages/turns.ts";
import { ProxyWorld, type User } from "../../kit/proxy/world.ts";

const run = promisify(execFile);
const API_KEY = "sk-ant-api03-the-real-key-0123456789";
const OAUTH = "sk-ant-oat01-the-real-token-0123456789";
const GITHUB = "ghp_theRealTokenOfGitHub0123456789";

let world: ProxyWorld;
let internet: Internet;
let user: User;
const placeholders: Record<string, string> = {};

beforeAll(async () => {
  const authority = await createAuthority();
  world = await ProxyWorld.create(authority);
  internet = await startInternet({
    authority,
    messages: {
      script: ({ turn, toolResults }) =>
        turn === 0
          ? [toolUse("Bash", { command: "echo $((6*7))", description: "Compute" })]
          : text(`The tool said: ${toolResults.map((result) => result.text).join()}`),
    },
    git: {
      repositories: { "team/project": { files: { "README.md": "hello" }, private: true } },
      tokens: { [GITHUB]: "push" },
    },
  });
  const credentials = [
    { rule: { name: "api-key", service: "anthropic" }, secret: API_KEY },
    { rule: { name: "oauth", service: "anthropic-oauth" }, secret: OAUTH },
    { rule: { name: "github", service: "github" }, secret: GITHUB },
  ] as const;
  user = world.grant("web", {
    allow: ["api.anthropic.com", "github.com"].map((host) => ({ host })),
    credentials: credentials.map(({ rule }) => rule.name),
  });
  for (const { rule, secret } of credentials) placeholders[rule.name] = world.credential(rule, secret)("web");
  await world.start({ "api.anthropic.com": internet.port, "github.com": internet.port });
});

afterAll(async () => {
  await world?.stop();
  await internet?.stop();
});

/** The variables that tools need; nothing of this process's own. */
const environment = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HTTPS_PROXY: world.url(user),
  SSL_CERT_FILE: join(world.state, "ca-bundle.crt"),
  GIT_SSL_CAINFO: join(world.state, "ca-bundle.crt"),
  CURL_CA_BUNDLE: join(world.state, "ca-bundle.crt"),
  NODE_EXTRA_CA_CERTS: world.caFile,
});

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), "proxy-client-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("Claude Code through the proxy", () => {
  it.each([
    ["an API key", "ANTHROPIC_API_KEY", "api-key", API_KEY],
    ["a subscription's token", "CLAUDE_CODE_OAUTH_TOKEN", "oauth", OAUTH],
  ])(
    "does a whole turn with a placeholder for %s, and the model sees the real one",
    async (_, variable, name, secret) => {
      const before = internet.messages.requests.length;
      const placeholder = placeholders[name] ?? "";
      const env = { ...environment(), ANTHROPIC_API_KEY: "", [variable]: placeholder };
      const result = await runClaude("compute", env, ["--allowedTools", "Bash"]);
      expect(result).toMatchObject({ exitCode: 0, result: { is_error: false, result: "The tool said: 42" } });
      const turns = internet.messages.requests.slice(before).filter(({ path }) => path === "/v1/messages");
      expect(turns.map(({ token }) => token)).toEqual([secret, secret]);
      expect(JSON.stringify(internet.messages.requests)).not.toContain(placeholder);
      const lines = world.audit().filter(({ path }) => path === "/v1/messages");
      expect(lines.at(-1)).toMatchObject({
        principal: "web",
        host: "api.anthropic.com",
        credential: name,
        status: 200,
      });
    },
  );
});

describe("git through the proxy", () => {
  it("clones, pushes and fetches a private repository with a placeholder", async () => {
    const folder = scratch();
    const home = join(folder, "home");
    mkdirSync(home);
    const env = { ...environment(), HOME: home, GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1" };
    const git = (...args: string[]) => run("git", args, { cwd: folder, env });
    const project = join(folder, "project");
    await git("clone", "-q", `https://x-access-token:${placeholders["github"]}@github.com/team/project`, project);
    writeFileSync(join(project, "new.txt"), "from the session");
    const author = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
    await git("-C", project, "add", "new.txt");
    await git("-C", project, ...author, "commit", "-qm", "more");
    await git("-C", project, "push", "-q", "origin", "HEAD:refs/heads/work");
    expect(await internet.git.readFile("team/project", "new.txt", "work")).toBe("from the session");
    await git("-C", project, "fetch", "-q", "origin");
    const tokens = internet.git.requests.map(({ token }) => token).filter((token) => token !== undefined);
    expect(new Set(tokens)).toEqual(new Set([GITHUB]));
  });

  it("fetches and does not push in access mode ReadOnly, from the moment that the grant says so", async () => {
    const allow = [{ host: "github.com" }];
    const reader = world.grant("reader", { allow, credentials: ["github"], accessMode: "ReadOnly" });
    const placeholder = world.credential({ name: "github", service: "github" }, GITHUB)("reader");
    const env = { ...environment(), HTTPS_PROXY: world.url(reader), HOME: scratch(), GIT_TERMINAL_PROMPT: "0" };
    const url = `https://x-access-token:${placeholder}@github.com/team/project`;
    const project = join(scratch(), "project");
    const clone = () => run("git", ["clone", "-q", url, project], { env }).then(() => "cloned");
    await expect.poll(() => clone().catch(String)).toBe("cloned");
    const push = run("git", ["-C", project, "push", "origin", "HEAD:refs/heads/forbidden"], { env });
    await expect(push).rejects.toThrow("403");
    expect(await internet.git.branches("team/project")).not.toContain("forbidden");
    expect(world.audit().at(-1)).toMatchObject({ principal: "reader", reason: "ReadOnly" });
  });
});

describe("other clients through the proxy", () => {
  it("curl, over HTTP/1.1 and HTTP/2, and by way of the unix socket", async () => {
    const curl = (...args: string[]) =>
      run("curl", ["-sS", "-H", `x-api-key: ${placeholders["api-key"]}`, ...args], { env: environment() });
    const url = "https://api.anthropic.com/api/hello";
    for (const version of ["--http1.1", "--http2"]) {
      const { stdout } = await curl(version, "-o", "/dev/null", "-w", "%{http_code} %{http_version}", url);
      expect(stdout).toBe(version === "--http2" ? "200 2" : "200 1.1");
    }
    const { stdout } = await run("curl", [
      "-sS",
      "--unix-socket",
      join(world.state, "socket/proxy.sock"),
      "http://proxy/health",
    ]);
    expect(stdout).toBe("ok\n");
  });

  it("curl reads why a host is refused, and how to allow it", async () => {
    const { stderr } = await run("curl", ["-sSv", "https://attacker.example.com/"], { env: environment() }).catch(
      (error: { stderr: string }) => error,
    );
    expect(stderr).toContain("403 HostNotListed");
    const url = "http://attacker.example.com/";
    const { stdout } = await run("curl", ["-sS", "-x", world.url(user), url], { env: environment() });
    expect(stdout).toBe(
      'clauderon-proxy: attacker.example.com is not in the egress list of web. To allow it, add attacker.example.com to "allow" in the grant of web\n',
    );
  });

  it("fetch of Node", async () => {
    const script = `const answer = await fetch("https://api.anthropic.com/api/hello"); console.log(answer.status);`;
    const env = { ...environment(), NODE_USE_ENV_PROXY: "1" };
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { env });
    expect(stdout).toBe("200\n");
  });

  it("urllib of Python", async () => {
    const script = `import urllib.request; print(urllib.request.urlopen("https://api.anthropic.com/api/hello").status)`;
    const { stdout } = await run("python3", ["-c", script], { env: environment() });
    expect(stdout).toBe("200\n");
  });
});
