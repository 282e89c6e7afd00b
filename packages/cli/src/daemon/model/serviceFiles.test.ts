import { expect, it } from "vitest";
import { launchdAgent, systemdUnit } from "./serviceFiles.ts";

const SERVICE = {
  command: ["/usr/bin/node", '/home/a "b" 100% $c/daemon', "--enable-kubernetes-backend=true"],
  environment: { PATH: "/usr/bin:/opt/a&b", KUBECONFIG: '/home/a "b"\n100%\\$c<d>' },
};

it("systemdUnit quotes what systemd would interpret and does not stop agents", () => {
  const lines = systemdUnit(SERVICE).split("\n");
  expect(lines).toContain(
    String.raw`ExecStart="/usr/bin/node" "/home/a \"b\" 100%% $$c/daemon" "--enable-kubernetes-backend=true"`,
  );
  expect(lines).toContain('Environment="PATH=/usr/bin:/opt/a&b"');
  expect(lines).toContain(String.raw`Environment="KUBECONFIG=/home/a \"b\"\n100%%\\$c<d>"`);
  expect(lines).toContain("KillMode=process");
});

it("launchdAgent is XML and does not stop agents", () => {
  const agent = launchdAgent(SERVICE);
  expect(agent).toContain("<string>/usr/bin:/opt/a&amp;b</string>");
  expect(agent).toContain("<string>--enable-kubernetes-backend=true</string>");
  expect(agent).toContain('<key>KUBECONFIG</key>\n    <string>/home/a "b"\n100%\\$c&lt;d&gt;</string>');
  expect(agent).toMatch(/<key>AbandonProcessGroup<\/key>\s*<true\/>/);
});
