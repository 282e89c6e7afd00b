import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it, onTestFinished } from "vitest";
import { OutputLog } from "./outputLog.ts";

const MAX = 65_536;

function folder(): string {
  const path = mkdtempSync(`${tmpdir()}/output-log-`);
  onTestFinished(() => rmSync(path, { recursive: true }));
  return `${path}/output`;
}

/** Bytes that tell their own offset. */
const numbered = (start: number, size: number) => Uint8Array.from({ length: size }, (_, at) => (start + at) % 251);

function readAll(log: OutputLog, from: number, chunk = 10_000): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = from; at < log.end; at += parts.at(-1)?.length ?? 0)
    parts.push(log.read(at, chunk) ?? new Uint8Array(0));
  return Buffer.concat(parts);
}

describe("OutputLog", () => {
  it("returns exactly what was printed from any offset", () => {
    const log = new OutputLog(folder(), MAX);
    for (let at = 0; at < 50_000; at += 777) log.append(numbered(at, 777));
    for (const from of [0, 1, 8_191, 8_192, 8_193, 40_000]) {
      expect(readAll(log, from)).toEqual(Buffer.from(numbered(from, log.end - from)));
    }
  });

  it("keeps at least the configured size, and at most an eighth more on disk", () => {
    const path = folder();
    const log = new OutputLog(path, MAX);
    for (let at = 0; at < 1_000_000; at += 1_000) log.append(numbered(at, 1_000));
    expect(log.end).toBe(1_000_000);
    expect(log.end - log.start).toBeGreaterThan(MAX * 0.8);
    const onDisk = readdirSync(path).reduce((sum, name) => sum + statSync(`${path}/${name}`).size, 0);
    expect(onDisk).toBeLessThanOrEqual(MAX);
    expect(log.read(log.start - 1, 10)).toBeUndefined();
    expect(readAll(log, log.start)).toEqual(Buffer.from(numbered(log.start, log.end - log.start)));
  });

  it("continues at its last offset when it is reopened", () => {
    const path = folder();
    const first = new OutputLog(path, MAX);
    first.append(numbered(0, 20_000));
    first.close();
    const second = new OutputLog(path, MAX);
    expect(second.end).toBe(20_000);
    second.append(numbered(20_000, 20_000));
    expect(readAll(second, 0)).toEqual(Buffer.from(numbered(0, 40_000)));
  });

  it("forgets what came before a gap, which a crash of the machine can leave", () => {
    const path = folder();
    const first = new OutputLog(path, MAX);
    first.append(numbered(0, 20_000));
    first.close();
    writeFileSync(`${path}/${"8192".padStart(16, "0")}.log`, numbered(8_192, 100));
    const second = new OutputLog(path, MAX);
    expect([second.start, second.end]).toEqual([16_384, 20_000]);
    expect(readAll(second, 16_384)).toEqual(Buffer.from(numbered(16_384, 3_616)));
  });

  it("continues counting when the disk is full, and keeps later output", () => {
    const path = folder();
    const log = new OutputLog(path, MAX);
    log.append(numbered(0, 8_192));
    rmSync(path, { recursive: true });
    writeFileSync(path, "not a folder");
    log.append(numbered(8_192, 100));
    expect([log.start, log.end]).toEqual([8_292, 8_292]);
    rmSync(path);
    const again = new OutputLog(path, MAX);
    again.append(numbered(0, 5));
    expect(readAll(again, 0)).toEqual(Buffer.from(numbered(0, 5)));
  });

  it.each<[string, (path: string) => unknown]>([
    ["a named pipe", (path) => spawnSync("mkfifo", [path])],
    ["a folder", (path) => mkdirSync(path)],
    ["a link to a device", (path) => symlinkSync("/dev/zero", path)],
    ["a file without end", (path) => (writeFileSync(path, ""), truncateSync(path, 2 ** 42))],
  ])("continues where it was beside %s that the agent made", (_what, make) => {
    const path = folder();
    const first = new OutputLog(path, MAX);
    first.append(numbered(0, 8_192));
    first.close();
    make(`${path}/${"8192".padStart(16, "0")}.log`);
    make(`${path}/9999999999999999.log`);
    const second = new OutputLog(path, MAX);
    expect([second.start, second.end]).toEqual([0, 8_192]);
    second.append(numbered(8_192, 20_000));
    expect(readAll(second, 0)).toEqual(Buffer.from(numbered(0, 28_192)));
  });
});
