import { expect, it } from "vitest";
import { gitHostOf } from "./gitHost.ts";

it.each([
  ["https://github.com/team/project.git", "github.com"],
  ["https://user:word@Git.Example.com:8443/team/project", "git.example.com:8443"],
  ["ssh://git@github.com/team/project", "github.com"],
  ["ssh://git@github.com:22/team/project", "github.com"],
  ["git@github.com:team/project.git", "github.com"],
  ["github.com:team/project.git", "github.com"],
  ["http://github.com/team/project", undefined],
  ["file:///srv/project", undefined],
  ["/srv/project", undefined],
  ["C:/project", undefined],
  ["../other", undefined],
  ["clauderon::web", undefined],
])("gitHostOf(%j) is %j", (remote, authority) => {
  const [host, port = "443"] = authority?.split(":") ?? [];
  expect(gitHostOf(remote)).toEqual(host === undefined ? undefined : { host, port: Number(port) });
});
