import { describe, expect, it } from "vitest";
import { COMPONENTS, commandLine } from "./components.ts";
import { layoutOf } from "./layout.ts";

describe("layoutOf", () => {
  it("gives two clusters nothing in common except the node's name", () => {
    const [first, second] = [layoutOf("/var/tmp/one", 0), layoutOf("/var/tmp/two", 1)];
    const shared = Object.entries(first).filter(([name, value]) =>
      Object.entries(second).some(([other, its]) => other === name && its === value),
    );
    expect(shared).toEqual([["nodeName", "node1"]]);
  });

  it("lets pods of the first cluster reach this machine at 198.18.0.1", () => {
    expect(layoutOf("/var/tmp/one").hostAddress).toBe("198.18.0.1");
  });

  it("refuses settings that give wrong addresses or sockets that are too long", () => {
    expect(() => layoutOf("/s", 100)).toThrow("Network 100");
    expect(() => layoutOf("/s", Number.NaN)).toThrow("Network NaN");
    expect(() => layoutOf(`/${"s".repeat(70)}`)).toThrow("too long");
  });
});

describe("commandLine", () => {
  it.each(COMPONENTS)("of %s names the state folder, by which its process is found", (component) => {
    expect(commandLine(component, layoutOf("/var/tmp/one"), "/kube").join(" ")).toContain("/var/tmp/one/");
  });
});
