import { describe, expect, it } from "vitest";
import { socketPath } from "./socketPath.ts";

const place = { home: "/home/ada/.clauderon", uid: 1000, tmpdir: "/tmp" };
const bytesOf = (path: string) => Buffer.byteLength(path);

describe("socketPath", () => {
  it("is beside the other files of the daemon, or of the session", () => {
    expect(socketPath(place)).toBe("/home/ada/.clauderon/daemon.sock");
    expect(socketPath({ ...place, session: "brave-otter" })).toBe(
      "/home/ada/.clauderon/sessions/brave-otter/runner.sock",
    );
  });

  it.each([`/home/${"long/".repeat(20)}`, `/home/${"ż".repeat(60)}`])("is short enough below %s", (home) => {
    for (const session of [undefined, "brave-otter"]) {
      const path = socketPath({ ...place, home, ...(session === undefined ? {} : { session }) });
      expect(path).toMatch(/^\/tmp\/clauderon-1000-[0-9a-f]{8}\//);
      expect(bytesOf(path)).toBeLessThanOrEqual(103);
    }
  });

  it("is in /tmp when the system's temporary folder is too long itself", () => {
    const tmpdir = `/var/folders/${"x".repeat(90)}/`;
    expect(socketPath({ ...place, home: "/h".repeat(60), tmpdir })).toMatch(/^\/tmp\/clauderon-1000-/);
  });

  it("differs by home and by session, and is stable", () => {
    const home = "/h".repeat(60);
    const paths = [
      socketPath({ ...place, home }),
      socketPath({ ...place, home: `${home}x` }),
      socketPath({ ...place, home, session: "a" }),
      socketPath({ ...place, home, session: "b" }),
    ];
    expect(new Set(paths).size).toBe(4);
    expect(socketPath({ ...place, home })).toBe(paths[0]);
  });
});
