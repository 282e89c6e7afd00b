import type { PlaceholderForm } from "./placeholder.ts";

/** How a header carries a credential: alone, after a scheme, or as the password of HTTP basic authentication. */
const HEADER_FORMS = ["Plain", "Bearer", "Token", "Basic"] as const;
export type HeaderForm = (typeof HEADER_FORMS)[number];

/** A header in which a service takes its credential; the name in lower case. */
export interface CredentialHeader {
  readonly name: string;
  readonly form: HeaderForm;
}

/** A service that takes credentials: where, in which headers, and how one looks. */
export interface Service {
  /** Hosts that take the credential. On them the proxy passes no credential but the granted one. */
  readonly hosts: readonly string[];
  readonly headers: readonly CredentialHeader[];
  readonly placeholder: PlaceholderForm;
  /** The variables from which programs read this credential. */
  readonly variables: readonly string[];
  /** Parameters of the query in which the service would take a credential too; such requests are refused. */
  readonly queryParameters?: readonly string[];
  /** True when its API is that of a model, which read-only mode never limits. */
  readonly isModelApi?: true;
  /** Hosts that take tokens which the service itself issued for the credential, as registries of images do. */
  readonly issuedTokenHosts?: readonly string[];
}

const BEARER = { name: "authorization", form: "Bearer" } as const;
const BASIC = { name: "authorization", form: "Basic" } as const;

/** The services that the proxy knows; `generic` has its hosts and its header from the credential's own definition. */
export const SERVICES = {
  anthropic: {
    hosts: ["api.anthropic.com"],
    headers: [{ name: "x-api-key", form: "Plain" }, BEARER],
    placeholder: { prefix: "sk-ant-api03-", length: 93, suffix: "AA" },
    variables: ["ANTHROPIC_API_KEY"],
    isModelApi: true,
  },
  "anthropic-oauth": {
    hosts: ["api.anthropic.com"],
    headers: [BEARER],
    placeholder: { prefix: "sk-ant-oat01-", length: 93, suffix: "AA" },
    variables: ["CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN"],
    isModelApi: true,
  },
  openai: {
    hosts: ["api.openai.com"],
    headers: [BEARER],
    placeholder: { prefix: "sk-proj-", length: 48 },
    variables: ["OPENAI_API_KEY", "CODEX_API_KEY"],
    isModelApi: true,
  },
  gemini: {
    hosts: ["generativelanguage.googleapis.com"],
    headers: [{ name: "x-goog-api-key", form: "Plain" }],
    placeholder: { prefix: "AIzaSy", length: 33 },
    variables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"],
    queryParameters: ["key", "access_token"],
    isModelApi: true,
  },
  github: {
    hosts: [
      "github.com",
      "api.github.com",
      "uploads.github.com",
      "codeload.github.com",
      "raw.githubusercontent.com",
      "gist.github.com",
    ],
    headers: [BEARER, { name: "authorization", form: "Token" }, BASIC],
    placeholder: { prefix: "ghp_", length: 36 },
    variables: ["GH_TOKEN", "GITHUB_TOKEN"],
    queryParameters: ["access_token"],
  },
  npm: {
    hosts: ["registry.npmjs.org"],
    headers: [BEARER],
    placeholder: { prefix: "npm_", length: 36 },
    variables: ["NPM_TOKEN"],
  },
  pypi: {
    hosts: ["upload.pypi.org", "pypi.org"],
    headers: [BASIC],
    placeholder: { prefix: "pypi-", length: 64 },
    variables: ["TWINE_PASSWORD", "UV_PUBLISH_TOKEN"],
  },
  docker: {
    hosts: ["auth.docker.io", "hub.docker.com", "registry-1.docker.io"],
    headers: [BASIC],
    placeholder: { prefix: "dckr_pat_", length: 33 },
    variables: ["DOCKER_TOKEN"],
    issuedTokenHosts: ["registry-1.docker.io", "hub.docker.com"],
  },
  generic: {
    hosts: [],
    headers: [],
    placeholder: { prefix: "", length: 40 },
    variables: [],
  },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof SERVICES;
