import { parseGrant } from "@clauderon/protocol/proxy";
import { describe, expect, it } from "vitest";
import { exampleEntry } from "../../session/model/entry.fixture.ts";
import { sessionGrant, withUserHosts } from "./sessionGrant.ts";

const record = (changes: object = {}) => {
  const { record } = exampleEntry();
  const egress = { mode: "Enforce" as const, allow: ["Example.com"], presets: [], credentials: [] };
  return { ...record, spec: { ...record.spec, agent: "claude-code" as const, egress: { ...egress, ...changes } } };
};
const INPUTS = {
  tokenHash: "a".repeat(64),
  credentials: ["ANTHROPIC_API_KEY"],
  gitHost: { host: "git.example.org", port: 443 },
};
const hosts = (grant: ReturnType<typeof sessionGrant>) => grant.allow.map(({ host, origin }) => `${origin}:${host}`);

describe("sessionGrant", () => {
  it("allows the hosts of the agent, of the repository and of the user, and no other", () => {
    const grant = sessionGrant(record(), INPUTS);
    expect(hosts(grant)).toEqual(["agent:api.anthropic.com", "repository:git.example.org", "user:example.com"]);
    expect(grant).toMatchObject({ presets: [], credentials: ["ANTHROPIC_API_KEY"], egressMode: "Enforce", tcp: [] });
    expect(parseGrant(JSON.stringify(grant))).toEqual(grant);
  });

  it("adds the preset of github for a repository there, once", () => {
    const inputs = { ...INPUTS, gitHost: { host: "github.com", port: 443 } };
    expect(sessionGrant(record(), inputs)).toMatchObject({ presets: ["github"] });
    expect(sessionGrant(record({ presets: ["github", "npm"] }), inputs).presets).toEqual(["github", "npm"]);
  });

  it("allows no address as the host of a repository", () => {
    expect(hosts(sessionGrant(record({ allow: [] }), { ...INPUTS, gitHost: { host: "10.0.0.1", port: 443 } }))).toEqual(
      ["agent:api.anthropic.com"],
    );
  });

  it("withUserHosts replaces what the user allows and nothing else", () => {
    const grant = withUserHosts(sessionGrant(record(), INPUTS), ["*.example.net"]);
    expect(hosts(grant)).toEqual(["agent:api.anthropic.com", "repository:git.example.org", "user:*.example.net"]);
  });
});
