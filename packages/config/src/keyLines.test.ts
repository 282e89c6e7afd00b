import { expect, it } from "vitest";
import { keyLines } from "./keyLines.ts";

it("keyLines finds tables and keys in every notation", () => {
  const toml = `# head [not.a.table]
a = """
[b]
c = 1
"""
[kubernetes] # comment = 1
namespace = "x = [ #"
image_pull_secrets = [ # "]
  "one",

  "two = 2",
]
 'storage_class' = 'a'
inner.deep = { x = 1, y = [
 1 ] }
"a.b" = 1

[ sync . x ]
include = []`;
  expect(Object.fromEntries(keyLines(toml))).toEqual({
    a: 2,
    kubernetes: 6,
    "kubernetes.namespace": 7,
    "kubernetes.image_pull_secrets": 8,
    "kubernetes.storage_class": 13,
    "kubernetes.inner.deep": 14,
    "kubernetes.a.b": 16,
    "sync.x": 18,
    "sync.x.include": 19,
  });
});
