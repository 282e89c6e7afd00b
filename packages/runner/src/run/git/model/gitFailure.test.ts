import { describe, expect, it } from "vitest";
import { gitFailure } from "./gitFailure.ts";

const URL = "https://github.com/acme/widgets.git";

describe("gitFailure", () => {
  it.each([
    ["auth", `fatal: Authentication failed for '${URL}/'`],
    ["auth", "fatal: could not read Username for 'https://github.com': terminal prompts disabled"],
    ["auth", `fatal: unable to access '${URL}/': The requested URL returned error: 403`],
    ["notFound", `remote: Repository not found.\nfatal: repository '${URL}/' not found`],
    ["network", `fatal: unable to access '${URL}/': Could not resolve host: github.com`],
    [
      "network",
      `fatal: unable to access '${URL}/': Failed to connect to github.com port 443 after 3 ms: Couldn't connect`,
    ],
    ["network", `fatal: unable to access '${URL}/': The requested URL returned error: 503`],
    ["network", `fatal: unable to access '${URL}/': The requested URL returned error: 429`],
    ["network", "error: RPC failed; curl 56 GnuTLS recv error (-9)\nfatal: early EOF"],
    ["network", `fatal: unable to access '${URL}/': Empty reply from server`],
    ["other", `fatal: unable to access '${URL}/': SSL certificate problem: unable to get local issuer certificate`],
    ["other", "fatal: couldn't find remote ref no-such-branch"],
    ["other", ""],
  ])("is %s for %s", (kind, stderr) => {
    expect(gitFailure(stderr)).toBe(kind);
  });
});
