import { inheritedVariables } from "../session/inheritedVariables.ts";
import { expect, it } from "vitest";
import { proxyVariables } from "./proxyVariables.ts";

const isAboutNetwork = (name: string) => /proxy|cert|_ca/i.test(name) && name !== "SSL_CERT_DIR";

it("proxyVariables overrides every proxy and certificate that an agent would inherit from its user", () => {
  const own = proxyVariables({ address: "127.0.0.1:3030", user: "u", password: "p", certificates: "/ca" });
  const names = Object.keys(own).filter((name) => /proxy|cert|ca_?(info|bundle|file)/i.test(name));
  expect(names.map((name) => own[name])).not.toContain(undefined);
  const users = Object.fromEntries(
    [
      "HTTP_PROXY",
      "HTTPS_PROXY",
      "NO_PROXY",
      "http_proxy",
      "https_proxy",
      "no_proxy",
      "NODE_EXTRA_CA_CERTS",
      "SSL_CERT_FILE",
      "SSL_CERT_DIR",
      "GIT_SSL_CAINFO",
    ].map((name) => [name, "user's"]),
  );
  const inherited = Object.keys(inheritedVariables(users)).filter(isAboutNetwork);
  expect(inherited.length).toBeGreaterThan(8);
  for (const name of inherited) expect(own).toHaveProperty(name);
  expect(own["https_proxy"]).toBe("http://u:p@127.0.0.1:3030");
});
