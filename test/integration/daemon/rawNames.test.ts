import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitAt } from "../../kit/repositories/gitAt.ts";
import { ODD_NAMES, pathOf, writeRaw } from "../../kit/repositories/oddNames.ts";
import { DaemonWorld, NOTHING_LEFT } from "./daemonProcess.ts";

describe("delete", () => {
  it("rescues files of any names, untracked, changed and deleted, byte by byte", async () => {
    const world = await new DaemonWorld().start();
    const mine = gitAt(world.repository);
    for (const name of ODD_NAMES)
      for (const state of ["changed", "gone"]) writeRaw(mine.folder, `${state}/${name}`, "1\n");
    mine.run("add", "--all");
    mine.run("commit", "--quiet", "--message", "Odd names");
    await world.create({ name: "odd" });
    await world.until("odd", "Running", "Idle");
    const work = join(world.home, "sessions/odd/work");
    for (const name of ODD_NAMES) {
      writeRaw(work, `changed/${name}`, `changed ${name}\n`);
      writeRaw(work, `new/${name}`, `new ${name}\n`);
      rmSync(pathOf(work, `gone/${name}`));
    }
    const rescuedRef = "refs/clauderon/rescued/odd";
    expect((await world.ask("DELETE", "/api/sessions/odd")).body).toEqual({ name: "odd", rescuedRef });
    const entries = mine
      .run("ls-tree", "-r", "-z", rescuedRef)
      .split("\0")
      .filter((entry) => entry !== "" && !entry.endsWith("\treadme"));
    const expected = ODD_NAMES.flatMap((name) => [`changed/${name}`, `new/${name}`]);
    const blobOf = (name: string) => mine.feed(`${name.replace("/", " ")}\n`, "hash-object", "--stdin");
    expect(entries.toSorted()).toEqual(expected.map((name) => `100644 blob ${blobOf(name)}\t${name}`).toSorted());
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });
});

describe("create", () => {
  it("refuses a repository whose path, or whose git folder's path, is not UTF-8, and says so", async () => {
    const world = await new DaemonWorld().start();
    const place = pathOf(world.folder, "caf\xe9");
    mkdirSync(place);
    // node passes only text: a shell becomes git in that folder.
    const inPlace = (script: string) => execFileSync("sh", ["-c", `cd ${world.folder}/caf* && ${script}`]);
    inPlace("git init -q repo && cd repo && git -c user.name=A -c user.email=a@b.c commit -q --allow-empty -m First");
    inPlace(`cd repo && git worktree add -q --detach ${world.folder}/linked`);
    symlinkSync(Buffer.concat([place, Buffer.from("/repo")]), join(world.folder, "link"));
    for (const repository of [`${place.toString()}/repo`, join(world.folder, "link"), join(world.folder, "linked")]) {
      const { body } = await world.ask("POST", "/api/sessions", { repository, agent: "scripted", name: "odd" });
      expect(body).toMatchObject({
        error: {
          code: "REPOSITORY_UNAVAILABLE",
          message: expect.stringMatching(/^The path .*caf\uFFFD.* is not UTF-8$/) as unknown,
        },
      });
    }
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });
});
