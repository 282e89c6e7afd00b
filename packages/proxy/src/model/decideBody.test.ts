import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideBody, MAX_INSPECTED_BYTES } from "./decideBody.ts";

const allows = (body: unknown): boolean =>
  decideBody("GraphQL", typeof body === "string" ? body : JSON.stringify(body)).allow;

const QUERY = "query Q { viewer { login } }";
const MUTATION = "mutation M { addStar(input: {}) { clientMutationId } }";
const FRAGMENT = "fragment F on User { login }";

describe("decideBody for GraphQL", () => {
  it.each<[string, unknown]>([
    ["an anonymous query", { query: "{ viewer { login } }" }],
    ["a named query", { query: QUERY }],
    ["the query that operationName chooses", { query: `${QUERY} ${MUTATION}`, operationName: "Q" }],
    ["a query with fragments and variables", { query: `${FRAGMENT} ${QUERY}`, variables: { a: { a: 1 } } }],
    ["a null operationName", { query: QUERY, operationName: null }],
    [
      "the word mutation in a string, a comment and a name",
      { query: `query { mutation(a: "mutation {", b: """mutation""") # mutation\n }` },
    ],
    ["a batch of queries", [{ query: QUERY }, { query: "{ a }" }]],
  ])("allows %s", (_what, body) => {
    expect(allows(body)).toBe(true);
  });

  it.each<[string, unknown]>([
    ["a mutation", { query: MUTATION }],
    ["a mutation behind a comment", { query: `# query\n${MUTATION}` }],
    ["a mutation behind a fragment", { query: `${FRAGMENT} ${MUTATION}` }],
    ["a mutation behind a comma and a byte order mark", { query: `\uFEFF,${MUTATION}` }],
    ["the mutation that operationName chooses", { query: `${QUERY} ${MUTATION}`, operationName: "M" }],
    ["several operations without a name", { query: `${QUERY} ${MUTATION}` }],
    ["several operations of one name", { query: `query M { a } ${MUTATION}`, operationName: "M" }],
    ["a name that no operation has", { query: QUERY, operationName: "M" }],
    ["a name that is not text", { query: QUERY, operationName: ["M"] }],
    ["a subscription", { query: "subscription { a }" }],
    ["a persisted query", { extensions: { persistedQuery: { version: 1, sha256Hash: "0" } } }],
    ["an operation by id", { id: "1" }],
    ["an id beside a query", { query: QUERY, id: "1" }],
    ["a member in another case", { query: QUERY, Query: MUTATION }],
    ["a text that is not GraphQL", { query: "query {" }],
    ["an empty document", { query: "" }],
    ["a document without an operation", { query: FRAGMENT }],
    ["a batch with a mutation", [{ query: QUERY }, { query: MUTATION }]],
    ["an empty batch", []],
    ["a batch in a batch", [[{ query: QUERY }]]],
    ["a text", JSON.stringify(QUERY)],
    ["null", null],
    ["no JSON", QUERY],
    ["two members of one name", `{"query":"${MUTATION}","query":"${QUERY}"}`],
    ["two members of one name, one of them escaped", `{"quer\\u0079":"${MUTATION}","query":"${QUERY}"}`],
    ["a document nested beyond measure", { query: "{a".repeat(7_000) }],
    ["a document of too many tokens", { query: `{ ${"a ".repeat(20_000)} }` }],
  ])("refuses %s", (_what, body) => {
    expect(allows(body)).toBe(false);
  });

  it("never throws, whatever it reads", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => allows(text)).not.toThrow();
        expect(() => allows({ query: text })).not.toThrow();
      }),
    );
  });

  it("allows no document whose only operation is a mutation, whatever stands around it", () => {
    const ignored = fc.stringMatching(/^([ \t\n,\uFEFF]|#[^\n\r"]*\n)*$/);
    fc.assert(
      fc.property(ignored, ignored, (before, after) => {
        expect(allows({ query: `${before}${QUERY}${after}` })).toBe(true);
        expect(allows({ query: `${before}${MUTATION}${after}` })).toBe(false);
      }),
    );
  });
});

it("decideBody refuses a body that is longer than what it reads", () => {
  const body = JSON.stringify({ query: QUERY });
  expect(decideBody("GraphQL", body.padEnd(MAX_INSPECTED_BYTES)).allow).toBe(true);
  expect(decideBody("GraphQL", body.padEnd(MAX_INSPECTED_BYTES + 1)).allow).toBe(false);
});

describe("decideBody for a batch of git lfs", () => {
  it.each([
    ['{"operation":"download","objects":[{"oid":"a","size":1}]}', true],
    ['{"operation":"upload","objects":[]}', false],
    ['{"operation":"upload","operation":"download"}', false],
    ['{"objects":[]}', false],
    ["", false],
  ])("decides by the operation: %s", (body, allow) => {
    expect(decideBody("LfsBatch", body).allow).toBe(allow);
  });
});
