import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { GitHostServer } from "./gitHost.ts";
import { startGitHost } from "./gitHost.ts";
import { createScratchGit, withToken } from "./scratchGit.ts";

const stops: (() => Promise<void>)[] = [];
let host: GitHostServer;

beforeEach(async () => {
  host = await startGitHost({
    repositories: {
      "team/open": { files: { "README.md": "open\n", "src/deep/a.txt": "a\n" } },
      "team/secret": { files: { "README.md": "secret\n" }, private: true },
    },
    tokens: { "may-fetch": "fetch", "may-push": "push" },
  });
  stops.push(() => host.stop());
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function client(config: Readonly<Record<string, string>> = {}) {
  const scratch = await createScratchGit(config);
  stops.push(() => scratch.remove());
  return scratch;
}

describe("startGitHost", () => {
  it.each(["team/open", "team/open.git"])("serves %s to anyone", async (name) => {
    const { git, folder } = await client();
    await git("clone", "-q", `${host.baseUrl}/${name}`, "work");
    expect(await readFile(join(folder, "work", "src/deep/a.txt"), "utf8")).toBe("a\n");
  });

  it("hides a private repository from a client without a token, or with a wrong one", async () => {
    const asStranger = await client();
    const withGuess = await client({ "credential.helper": "!f() { echo username=any; echo password=guessed; }; f" });
    await expect(asStranger.git("clone", `${host.baseUrl}/team/secret`)).rejects.toThrow("could not read Username");
    await expect(withGuess.git("clone", `${host.baseUrl}/team/secret`)).rejects.toThrow("Authentication failed");
    expect(host.requests.map(({ token }) => token)).toContain("guessed");
  });

  it.each([
    ["Basic", withToken("may-fetch")],
    ["Bearer", { "http.extraHeader": "Authorization: Bearer may-fetch" }],
    ["a credential helper", { "credential.helper": "!f() { echo username=any; echo password=may-fetch; }; f" }],
  ])("serves a private repository to a token by %s", async (_, config) => {
    const { git } = await client(config);
    await git("clone", "-q", `${host.baseUrl}/team/secret`, "work");
    expect(host.requests.at(-1)).toMatchObject({ path: "/team/secret/git-upload-pack", token: "may-fetch" });
    expect(host.requests.filter(({ url }) => url.includes("may-fetch"))).toEqual([]);
  });

  it("accepts a push with a token that may push", async () => {
    const { cloneAndPush } = await client(withToken("may-push"));
    await cloneAndPush(`${host.baseUrl}/team/secret`, "fix/it");
    expect(await host.branches("team/secret")).toEqual(["fix/it", "main"]);
    expect(await host.log("team/secret", "fix/it")).toMatchObject([
      { subject: "Add new.txt", author: "Test Kit <kit@example.com>" },
      { subject: "Seed" },
    ]);
    expect(await host.readFile("team/secret", "new.txt", "fix/it")).toBe("for fix/it\n");
  });

  it("refuses a push without a token even where anyone may fetch, and one with a token that may only fetch", async () => {
    const [stranger, reader] = [await client(), await client(withToken("may-fetch"))];
    const url = `${host.baseUrl}/team/open`;
    await expect(stranger.cloneAndPush(url, "x")).rejects.toThrow("could not read Username");
    await expect(reader.cloneAndPush(url, "x")).rejects.toThrow("403");
    expect(await host.branches("team/open")).toEqual(["main"]);
  });

  it("accepts a push that is too large for one buffer", async () => {
    const { git, folder } = await client(withToken("may-push"));
    await host.add("team/large", { files: { "large.txt": randomBytes(1_200_000).toString("hex") } });
    await git("clone", "-q", `${host.baseUrl}/team/large`, "work");
    await host.add("team/copy", { files: {} });
    await git("-C", "work", "push", "-q", `${host.baseUrl}/team/copy`, "main:refs/heads/copy");
    expect(await host.readFile("team/copy", "large.txt", "copy").then((text) => text.length)).toBe(2_400_000);
    expect(await readFile(join(folder, "work/large.txt"), "utf8")).toBe(await host.readFile("team/large", "large.txt"));
    expect(host.requests.at(-1)?.headers).toMatchObject({ "transfer-encoding": "chunked" });
  });

  it("reads the compressed request of a fetch that wants many commits", async () => {
    const { git, folder } = await client(withToken("may-push"));
    await git("clone", "-q", `${host.baseUrl}/team/open`, "work");
    const commits = Array.from({ length: 40 }, (_, index) => index);
    const stream = commits.map(
      (mark) => `commit refs/heads/b${mark}\ncommitter A <a@example.com> ${mark} +0000\ndata 1\nx\n`,
    );
    await writeFile(join(folder, "stream"), stream.join(""));
    await git("-C", "work", "-c", "alias.import=!git fast-import --quiet < ../stream", "import");
    await git("-C", "work", "push", "-q", "--all", "origin");
    await git("clone", "-q", `${host.baseUrl}/team/open`, "again");
    expect(host.requests.at(-1)?.headers).toMatchObject({ "content-encoding": "gzip" });
    expect(await host.branches("team/open")).toHaveLength(41);
  });

  it("speaks protocol version 2 when the client does", async () => {
    const headers = { "git-protocol": "version=2" };
    const answer = await fetch(`${host.baseUrl}/team/open/info/refs?service=git-upload-pack`, { headers });
    expect(await answer.text()).toContain("version 2");
  });

  it.each(["/team/absent/info/refs?service=git-upload-pack", "/team/open/HEAD", "/team/open/info/refs"])(
    "answers 404 to %s",
    async (path) => {
      expect((await fetch(`${host.baseUrl}${path}`)).status).toBe(404);
    },
  );
});
