import { describe, expect, it } from "vitest";
import { decideConnect } from "./decideConnect.ts";
import { decideRequest } from "./decideRequest.ts";
import { testCredentials, testGrant } from "./grant.fixture.ts";
import type { HeaderList } from "./request.ts";

const grant = testGrant({ accessMode: "ReadOnly" });
const JSON_TYPE = ["Content-Type", "application/json"] as const;
const FETCH_TYPE = ["Content-Type", "application/x-git-upload-pack-request"] as const;
const GRAPHQL = "https://api.github.com/graphql";
const GIT = "https://github.com/me/repo.git";

function decide(method: string, url: string, headers: HeaderList = [], of = grant) {
  const [, host = "", target = ""] = /^https:\/\/([^/]+)(.*)$/.exec(url) ?? [];
  const tunnel = { host, port: 443, serverName: host };
  return decideRequest(of, testCredentials, { tunnel, method, target, headers: [["Host", host], ...headers] });
}

const query = (text: string): string => `${GRAPHQL}?query=${encodeURIComponent(text)}`;

describe("access mode ReadOnly", () => {
  it.for<[string, string, HeaderList]>([
    ["GET", "https://example.com/a?b", []],
    ["HEAD", "https://example.com/a", []],
    ["OPTIONS", "https://example.com/a", []],
    ["GET", `${GIT}/info/refs?service=git-upload-pack`, []],
    ["POST", `${GIT}/git-upload-pack`, [FETCH_TYPE]],
    ["POST", `${GIT}/git-upload-pack`, [FETCH_TYPE, ["Content-Encoding", "gzip"]]],
    ["GET", query("{ viewer { login } }"), []],
    ["GET", `${query("query Q { a } mutation M { b }")}&operationName=Q`, []],
    ["GET", GRAPHQL, []],
    ["POST", "https://api.anthropic.com/v1/messages", [JSON_TYPE]],
    ["POST", "https://api.openai.com/v1/responses", [JSON_TYPE]],
    [
      "GET",
      "https://api.openai.com/v1/responses",
      [
        ["Connection", "Upgrade"],
        ["Upgrade", "websocket"],
      ],
    ],
    ["POST", "https://generativelanguage.googleapis.com/v1beta/models/x:generateContent", [JSON_TYPE]],
  ])("allows %s %s", ([method, url, headers]) => {
    expect(decide(method, url, headers)).toMatchObject({ allow: true });
    expect(decide(method, url, headers)).not.toHaveProperty("body");
  });

  it.for<[string, string, HeaderList]>([
    ["POST", "https://example.com/a", []],
    ["PUT", "https://example.com/a", []],
    ["PATCH", "https://example.com/a", []],
    ["DELETE", "https://example.com/a", []],
    ["PROPFIND", "https://example.com/a", []],
    ["GET", "https://example.com/a", [["X-HTTP-Method-Override", "PUT"]]],
    ["GET", "https://example.com/a", [["X-HTTP-Method", "DELETE"]]],
    [
      "GET",
      "https://example.com/a",
      [
        ["Connection", "Upgrade"],
        ["Upgrade", "websocket"],
      ],
    ],
    ["GET", `${GIT}/info/refs?service=git-receive-pack`, []],
    ["GET", `${GIT}/info/refs?service=git%2Dreceive%2Dpack`, []],
    ["GET", `${GIT}/info/refs?service=git-upload-pack&service=git-receive-pack`, []],
    ["POST", `${GIT}/git-receive-pack`, [["Content-Type", "application/x-git-receive-pack-request"]]],
    ["POST", `${GIT}/git%2dreceive-pack`, [FETCH_TYPE]],
    ["POST", `${GIT}/git-upload-pack/../git-receive-pack`, [FETCH_TYPE]],
    ["POST", `${GIT}/git-upload-pack/%2e%2e/git-receive-pack`, [FETCH_TYPE]],
    ["POST", `${GIT}/git-receive-pack;/git-upload-pack/..`, [FETCH_TYPE]],
    ["POST", `${GIT}/git-upload-pack`, []],
    ["POST", `${GIT}/git-upload-pack`, [JSON_TYPE]],
    ["POST", `${GIT}/git-upload-pack`, [FETCH_TYPE, JSON_TYPE]],
    ["POST", `${GIT}/info/lfs/locks`, [JSON_TYPE]],
    ["POST", `${GIT}/info/lfs/objects/batch`, [["Content-Encoding", "gzip"]]],
    ["GET", query("mutation { a }"), []],
    ["GET", `${query("{ a }")}&query=${encodeURIComponent("mutation { a }")}`, []],
    ["GET", `${query("{ a }")}&Query=${encodeURIComponent("mutation { a }")}`, []],
    ["GET", `${query("query Q { a } mutation M { b }")}&operationName=M`, []],
    ["GET", `${query("query Q { a }")}%3D&operationName=Q`, []],
    ["GET", `${GRAPHQL}?query=%7Ba%7D=mutation`, []],
    ["GET", `${GRAPHQL}?extensions=%7B%7D`, []],
    ["POST", GRAPHQL, []],
    ["POST", GRAPHQL, [["Content-Type", "application/x-www-form-urlencoded"]]],
    ["POST", GRAPHQL, [["Content-Type", "multipart/form-data; boundary=a"]]],
    ["POST", GRAPHQL, [["Content-Type", "application/json; charset=utf-16"]]],
    ["POST", GRAPHQL, [JSON_TYPE, ["Content-Type", "text/plain"]]],
    ["POST", GRAPHQL, [JSON_TYPE, ["Content-Encoding", "gzip"]]],
    ["POST", query("mutation { a }"), [JSON_TYPE]],
    ["POST", "https://api.github.com/repos/../graphql/x", [JSON_TYPE]],
  ])("refuses %s %s", ([method, url, headers]) => {
    expect(decide(method, url, headers)).toMatchObject({ allow: false, reason: "ReadOnly" });
    const inReadWrite = decide(method, url, headers, testGrant());
    expect(inReadWrite).toMatchObject({ allow: true });
  });

  it.for<[string, HeaderList, string]>([
    [GRAPHQL, [JSON_TYPE], "GraphQL"],
    [`${GRAPHQL}?`, [["Content-Type", "Application/JSON; Charset=UTF-8"]], "GraphQL"],
    [`${GIT}/info/lfs/objects/batch`, [["Content-Type", "application/vnd.git-lfs+json"]], "LfsBatch"],
  ])("asks for the body of POST %s", ([url, headers, body]) => {
    expect(decide("POST", url, headers)).toMatchObject({ allow: true, body });
    expect(decide("POST", url, headers, testGrant())).not.toHaveProperty("body");
  });

  it("opens no tunnel whose content it cannot read", () => {
    expect(decideConnect(testGrant(), "db.internal:5432")).toMatchObject({ allow: true, how: "Relay" });
    expect(decideConnect(grant, "db.internal:5432")).toMatchObject({ allow: false, reason: "ReadOnly" });
  });

  it("still limits the model's host to what the grant lists and to the granted credential", () => {
    const key = [["x-api-key", "sk-of-another"]] as const;
    expect(decide("POST", "https://api.anthropic.com/v1/messages", key)).toMatchObject({ reason: "CredentialForeign" });
    const none = testGrant({ accessMode: "ReadOnly", allow: [] });
    expect(decide("POST", "https://api.anthropic.com/v1/messages", [], none)).toMatchObject({
      reason: "HostNotListed",
    });
  });
});
