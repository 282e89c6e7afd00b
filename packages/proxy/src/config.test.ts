import { describe, expect, it } from "vitest";
import { parseConfig } from "./config.ts";

const parse = (...args: readonly string[]) => parseConfig(["--state", "/state", ...args], {});

describe("parseConfig", () => {
  it("listens on its unix socket alone by default, and reaches public addresses only", () => {
    expect(parse()).toMatchObject({
      socket: "/state/socket/proxy.sock",
      listen: undefined,
      metrics: undefined,
      detours: [],
      allowPrivate: [],
      limits: { connections: 256, requests: 512, headerMs: 15_000, bodyMs: 60_000, answerMs: 900_000 },
    });
  });

  it("takes flags before variables", () => {
    const env = { CLAUDERON_PROXY_STATE: "/other", CLAUDERON_PROXY_LISTEN: "0.0.0.0:3030", LOG_LEVEL: "warn" };
    const config = parseConfig(["--state", "/state", "--connect-to", "Github.com:443:[::1]:8443"], env);
    expect(config).toMatchObject({ state: "/state", listen: { address: "0.0.0.0", port: 3030 }, logLevel: "warn" });
    expect(config.detours).toEqual([{ host: "github.com", port: 443, address: "::1", toPort: 8443 }]);
  });

  it("splits lists at commas, from flags and variables", () => {
    const env = { CLAUDERON_PROXY_STATE: "/state", CLAUDERON_PROXY_ALLOW_PRIVATE: "10.0.0.0/8,fd00::/8" };
    expect(parseConfig([], env).allowPrivate).toHaveLength(2);
    expect(parse("--allow-private", "10.0.0.0/8", "--allow-private", "127.0.0.1/32").allowPrivate).toHaveLength(2);
  });

  it("keeps its state in a folder, and all of its audit log, by default", () => {
    expect(parse()).toMatchObject({ cluster: undefined, audit: { keep: undefined, isPrinted: false } });
    const env = {
      CLAUDERON_PROXY_STATE: "/state",
      CLAUDERON_PROXY_KUBERNETES_NAMESPACE: "agents",
      CLAUDERON_PROXY_AUDIT_STDOUT: "1",
      CLAUDERON_PROXY_AUDIT_KEEP: "4",
    };
    const config = { cluster: { namespace: "agents" }, audit: { keep: 4, isPrinted: true } };
    expect(parseConfig([], env)).toMatchObject(config);
    expect(parseConfig(["--kubernetes-namespace", "other"], env)).toMatchObject({ cluster: { namespace: "other" } });
  });

  it.each([
    ["--listen", "3030"],
    ["--listen", "localhost:3030"],
    ["--listen", "127.0.0.1:99999"],
    ["--metrics", "here"],
    ["--allow-private", "10.0.0.1/8"],
    ["--allow-private", "somewhere"],
    ["--connect-to", "github.com:443"],
    ["--connect-to", "github.com:443:elsewhere:443"],
    ["--max-requests", "0"],
    ["--body-seconds", "soon"],
    ["--log-level", "loud"],
  ])("refuses %s %s and names the flag", (flag, value) => {
    expect(() => parse(flag, value)).toThrow(`Invalid value "${value}" for ${flag}`);
  });

  it("needs a folder, but not for help", () => {
    expect(() => parseConfig([], {})).toThrow("needs a folder");
    expect(parseConfig(["--help"], {}).command).toBe("help");
  });
});
