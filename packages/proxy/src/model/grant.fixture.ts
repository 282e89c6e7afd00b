import { type CredentialRule, type Grant, grantSchema } from "@clauderon/protocol/proxy";

/** A session named web that may use every credential below and reach the hosts of the tests. */
export function testGrant(changes: Readonly<Record<string, unknown>> = {}): Grant {
  return grantSchema.parse({
    principal: "session-1",
    kind: "Session",
    name: "web",
    tokenHash: "0".repeat(64),
    accessMode: "ReadWrite",
    egressMode: "Enforce",
    allow: [
      "api.anthropic.com",
      "api.openai.com",
      "generativelanguage.googleapis.com",
      "github.com",
      "api.github.com",
      "registry.npmjs.org",
      "upload.pypi.org",
      "auth.docker.io",
      "registry-1.docker.io",
      "example.com",
      "*.example.org",
    ].map((host) => ({ host })),
    tcp: ["db.internal:5432"],
    credentials: testCredentials.map(({ name }) => name),
    ...changes,
  });
}

export const testCredentials: readonly CredentialRule[] = [
  { name: "ANTHROPIC_API_KEY", service: "anthropic" },
  { name: "CLAUDE_CODE_OAUTH_TOKEN", service: "anthropic-oauth" },
  { name: "OPENAI_API_KEY", service: "openai" },
  { name: "GEMINI_API_KEY", service: "gemini" },
  { name: "GH_TOKEN", service: "github" },
  { name: "NPM_TOKEN", service: "npm" },
  { name: "PYPI_TOKEN", service: "pypi" },
  { name: "DOCKER_TOKEN", service: "docker" },
  { name: "JIRA", service: "generic", hosts: ["example.com"], headers: [{ name: "x-jira", form: "Plain" }] },
];
