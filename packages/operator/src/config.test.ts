import { Fault } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { parseConfig } from "./config.ts";

const env = { POD_NAMESPACE: "thurkube-system", POD_NAME: "thurkube-1" };

function refusal(args: readonly string[], variables: Record<string, string> = env): string {
  try {
    parseConfig(args, variables);
  } catch (thrown) {
    if (thrown instanceof Fault) return `${thrown.code}: ${thrown.message}`;
  }
  return "accepted";
}

describe("parseConfig", () => {
  it("runs with leader election in the pod's namespace by default", () => {
    expect(parseConfig([], env)).toMatchObject({
      command: "run",
      port: 8080,
      logLevel: "info",
      workers: 8,
      watchNamespace: undefined,
      leaderElection: { namespace: "thurkube-system", identity: "thurkube-1" },
    });
  });

  it("takes flags before variables", () => {
    const variables = {
      ...env,
      LOG_LEVEL: "warn",
      WATCH_NAMESPACE: "a",
      THURKUBE_HEALTH_PORT: "1",
      THURKUBE_WORKERS: "2",
    };
    const config = parseConfig(["--log-level=debug", "--watch-namespace", "b", "--leader-elect=false"], variables);
    expect(config).toMatchObject({
      logLevel: "debug",
      watchNamespace: "b",
      port: 1,
      workers: 2,
      leaderElection: undefined,
    });
  });

  it("reads the ceiling of access as rules", () => {
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
    const config = parseConfig([], { ...env, THURKUBE_ACCESS_CEILING: JSON.stringify(rules) });
    expect(config.accessCeiling).toEqual(rules);
    expect(parseConfig([], env).accessCeiling).toBeUndefined();
  });

  it("needs no namespace to print CRDs", () => {
    expect(parseConfig(["--crd"], {}).command).toBe("crd");
  });

  it.each([
    [["--nope"], env, /^USAGE: Unknown option '--nope'/],
    [["--workers=0"], env, 'CONFIG_INVALID: Invalid value "0" for --workers'],
    [["--health-port=http"], env, 'CONFIG_INVALID: Invalid value "http" for --health-port'],
    [[], { ...env, LOG_LEVEL: "loud" }, 'CONFIG_INVALID: Invalid value "loud" for LOG_LEVEL'],
    [["--leader-elect=perhaps"], env, 'CONFIG_INVALID: Invalid value "perhaps" for --leader-elect'],
    [["--access-ceiling={}"], env, 'CONFIG_INVALID: Invalid value "{}" for --access-ceiling'],
    [["--access-ceiling=["], env, 'CONFIG_INVALID: Invalid value "[" for --access-ceiling'],
    [[], {}, /^CONFIG_INVALID: POD_NAMESPACE is not set/],
  ])("names the mistake in %j", (args, variables, message) => {
    expect(refusal(args, variables as Record<string, string>)).toMatch(message);
  });
});
