import { spawnSync } from "node:child_process";
import {
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeFolder } from "./obstacle.ts";
import { openPlainFile, readPlainFile, readPlainFileEnd } from "./plainFile.ts";
import { replaceFile } from "./replaceFile.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "files-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** All that a name can be beside a regular file. */
const OTHERS: Readonly<Record<string, (path: string) => unknown>> = {
  nothing: () => undefined,
  "a folder": (path) => mkdirSync(join(path, "inner"), { recursive: true }),
  "a link to a file": (path) => symlinkSync("/etc/hostname", path),
  "a link to itself": (path) => symlinkSync(path, path),
  "a link to a device": (path) => symlinkSync("/dev/zero", path),
  "a named pipe": (path) => spawnSync("mkfifo", [path]),
  "a socket": async (path) => {
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(path, resolve));
  },
};

describe("readPlainFile", () => {
  it("reads a regular file, to its limit", () => {
    const path = join(folder(), "file");
    writeFileSync(path, "0123456789");
    expect(readPlainFile(path, 10)?.toString()).toBe("0123456789");
    expect(readPlainFile(path, 9)).toBeUndefined();
    expect(readPlainFileEnd(path, 4)?.toString()).toBe("6789");
  });

  it.each(Object.keys(OTHERS))("reads nothing of %s, and does not wait", async (what) => {
    const path = join(folder(), "file");
    await OTHERS[what]?.(path);
    expect(readPlainFile(path, 10)).toBeUndefined();
    expect(readPlainFileEnd(path, 10)).toBeUndefined();
  });

  it("opens no pipe for writing", () => {
    const path = join(folder(), "file");
    spawnSync("mkfifo", [path]);
    expect(openPlainFile(path, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND)).toBeUndefined();
  });
});

describe("replaceFile", () => {
  it.each(Object.keys(OTHERS))("takes the place of %s", async (what) => {
    const path = join(folder(), "file");
    await OTHERS[what]?.(path);
    replaceFile(path, "new", { durable: true });
    expect(readFileSync(path, "utf8")).toBe("new");
    expect(readFileSync("/etc/hostname", "utf8")).not.toBe("new");
  });

  it("keeps a folder that stood in the way, and leaves nothing else", () => {
    const parent = folder();
    mkdirSync(join(parent, "file/inner"), { recursive: true });
    replaceFile(join(parent, "file"), "new");
    const [file, aside = ""] = readdirSync(parent).toSorted();
    expect(file).toBe("file");
    expect(readdirSync(join(parent, aside))).toEqual(["inner"]);
  });

  it("leaves nothing behind when it cannot write", () => {
    const parent = folder();
    expect(() => replaceFile(join(parent, "missing/file"), "new")).toThrow("ENOENT");
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe("makeFolder", () => {
  it.each(Object.keys(OTHERS))("makes a folder where there was %s", async (what) => {
    const path = join(folder(), "file");
    await OTHERS[what]?.(path);
    makeFolder(path);
    writeFileSync(join(path, "a"), "");
    expect(readdirSync(path)).toContain("a");
  });
});
