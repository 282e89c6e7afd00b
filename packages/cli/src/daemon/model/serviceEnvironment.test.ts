import { expect, it } from "vitest";
import { credentialsLeftOut, serviceEnvironment } from "./serviceEnvironment.ts";

const CREDENTIALS = {
  ANTHROPIC_API_KEY: "a",
  ANTHROPIC_AUTH_TOKEN: "b",
  CLAUDE_CODE_OAUTH_TOKEN: "c",
  CODEX_API_KEY: "d",
  OPENAI_API_KEY: "e",
  GEMINI_API_KEY: "f",
  GOOGLE_API_KEY: "g",
};

it("serviceEnvironment keeps only the daemon's own settings, with absolute paths, and no credentials", () => {
  const kept = {
    PATH: "/usr/bin:bin",
    LC_ALL: "C.UTF-8",
    https_proxy: "http://proxy:3128",
    PYENV_ROOT: "/srv/pyenv",
    CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND: "1",
    CLAUDERON_KUBERNETES_CONTEXT: "staging",
  };
  const paths = { KUBECONFIG: "one:/etc/two", SSL_CERT_FILE: "ca.pem" };
  const left = { ...CREDENTIALS, EDITOR: "vi", TZ: "", CLAUDERON_DEBUG: "1", CLAUDERON_HOME: "here" };
  const place = { home: "/home/ada/here", workingDirectory: "/home/ada" };
  expect(serviceEnvironment({ ...place, environment: { ...kept, ...paths, ...left } })).toEqual({
    ...kept,
    KUBECONFIG: "/home/ada/one:/etc/two",
    SSL_CERT_FILE: "/home/ada/ca.pem",
    CLAUDERON_HOME: "/home/ada/here",
  });
});

it("credentialsLeftOut names the credentials of every agent that are set", () => {
  expect(credentialsLeftOut({ ...CREDENTIALS, GITHUB_TOKEN: "h", PATH: "/bin" })).toEqual(Object.keys(CREDENTIALS));
  expect(credentialsLeftOut({ ANTHROPIC_API_KEY: "" })).toEqual([]);
});
