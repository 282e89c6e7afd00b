import { describe, expect, it } from "vitest";
import { proxiedPod } from "./proxiedPod.ts";

const { environment, pod, mount } = proxiedPod({ principal: "uid-1", address: "10.96.0.7" });

describe("proxiedPod", () => {
  it("has the password by reference only, before the variables that use it", () => {
    const names = environment.map(({ name }) => name);
    expect(environment[0]).toEqual({
      name: "CLAUDERON_PROXY_PASSWORD",
      valueFrom: { secretKeyRef: { name: "clauderon-grant-uid-1", key: "password" } },
    });
    expect(environment.find(({ name }) => name === "HTTPS_PROXY")?.value).toBe(
      "http://uid-1:$(CLAUDERON_PROXY_PASSWORD)@clauderon-proxy:3030",
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it("finds the proxy without DNS, and asks it itself without a proxy", () => {
    expect(pod).toMatchObject({
      hostAliases: [{ ip: "10.96.0.7", hostnames: ["clauderon-proxy"] }],
      dnsPolicy: "None",
      dnsConfig: { nameservers: ["127.0.0.1"] },
    });
    expect(environment.find(({ name }) => name === "NO_PROXY")?.value?.split(",")).toContain("clauderon-proxy");
  });

  it("mounts the certificates that the variables name", () => {
    const file = environment.find(({ name }) => name === "SSL_CERT_FILE")?.value;
    const paths = mount.volume.configMap?.items?.map(({ path }) => `${mount.path}/${path}`);
    expect(paths).toContain(file);
  });
});
