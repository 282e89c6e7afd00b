import { parseSync } from "oxc-parser";

/** A text that a user may see, and where it is written: a file, and the call, field or name that it belongs to. */
export interface Text {
  readonly file: string;
  readonly place: string;
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

/**
 * The sentences in a TypeScript file: every string or template of two words and more, with expressions shown as `<name>`.
 * Types, imports and arguments of `node:sqlite` are not texts. A string that only looks like a sentence is listed too, because
 * a listing that misses one is worse than one that has a few too many.
 */
export function sourceTexts(file: string, source: string): readonly Text[] {
  const found: Text[] = [];
  const visit = (node: Node, place: string): void => {
    if (node.type.startsWith("TS") && !node.type.endsWith("Expression")) return;
    const text = textOf(node);
    if (text !== undefined) {
      if (isSentence(text)) found.push({ file, place, text: text.replace(/\s+/g, " ").trim() });
      for (const inner of expressionsIn(node)) visit(inner, place);
      return;
    }
    const here = placeOf(node) ?? place;
    for (const child of childrenOf(node)) visit(child, here);
  };
  visit(parseSync(file, source).program as unknown as Node, "module");
  return found;
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values(node).flat().filter(isNode);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** The text of a string, a template, or several joined by `+`; undefined for anything else. */
function textOf(node: Node): string | undefined {
  if (node.type === "Literal") return typeof node["value"] === "string" ? node["value"] : undefined;
  if (node.type === "TemplateLiteral") {
    const names = nodesOf(node["expressions"]).map(nameOf);
    return nodesOf(node["quasis"])
      .map((quasi, at) => `${(quasi["value"] as { cooked: string }).cooked}${names[at] ?? ""}`)
      .join("");
  }
  if (node.type !== "BinaryExpression" || node["operator"] !== "+") return undefined;
  const [left, right] = [node["left"] as Node, node["right"] as Node];
  const [first, second] = [textOf(left), textOf(right)];
  return first === undefined && second === undefined ? undefined : (first ?? nameOf(left)) + (second ?? nameOf(right));
}

/** The expressions inside a text, which may hold texts themselves. */
function expressionsIn(node: Node): readonly Node[] {
  if (node.type === "TemplateLiteral") return nodesOf(node["expressions"]);
  if (node.type !== "BinaryExpression") return [];
  return [node["left"] as Node, node["right"] as Node].flatMap((side) =>
    textOf(side) === undefined ? [side] : expressionsIn(side),
  );
}

const nodesOf = (value: unknown): readonly Node[] => (value as readonly unknown[]).filter(isNode);

/** What stands for an expression in a text: the last name in it. */
function nameOf(node: Node): string {
  const named = [node["property"], node["callee"], node["argument"], node["expression"]].find(isNode) ?? node;
  if (named !== node) return nameOf(named);
  return `<${typeof node["name"] === "string" ? node["name"] : "…"}>`;
}

/** The name under which the texts below a node are listed. */
function placeOf(node: Node): string | undefined {
  if (node.type === "NewExpression" || node.type === "CallExpression") {
    const name = nameOf(node["callee"] as Node).slice(1, -1);
    const [first] = nodesOf(node["arguments"]);
    return /Fault$/i.test(name) && first?.type === "Literal" ? `${name} ${String(first["value"])}` : name;
  }
  const named = [node["key"], node["id"]].find(isNode);
  if (named === undefined) return undefined;
  return typeof named["value"] === "string" ? named["value"] : (named["name"] as string | undefined);
}

/** Two words, at least one of them of plain letters; neither SQL nor a command line of flags. */
function isSentence(text: string): boolean {
  return (
    /[\p{L}<>'")\]],?:? +[\p{Ll}<]{2,}/u.test(text) &&
    !/^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|BEGIN) /.test(text)
  );
}
