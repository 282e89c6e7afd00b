import { describe, expect, it } from "vitest";
import { CHART_NAMES, chartFile, chartValues } from "./chart.ts";
import { expectedRows, openObjects, readmeRows, type Schema, unsetValues } from "./chartValues.ts";

describe.each(CHART_NAMES)("the values of the chart %s", (chart) => {
  const schema = JSON.parse(chartFile("values.schema.json", chart)) as Schema;

  it("are in its README, each with its default and the schema's description", () => {
    expect(readmeRows(chartFile("README.md", chart))).toEqual(expectedRows(chartValues(chart), schema));
  });

  it("include every value of the schema", () => {
    expect(unsetValues(chartValues(chart), schema)).toEqual([]);
  });

  it("accept only members that the schema names", () => {
    expect(openObjects(schema)).toEqual([]);
  });
});

describe("the values of the operator's chart", () => {
  it("include every documented value", () => {
    const kept = {
      image: ["repository", "tag", "pullPolicy"],
      crds: ["install"],
      resources: [],
      probes: ["enabled", "port", "liveness", "readiness"],
      serviceAccount: ["create", "name", "annotations"],
    };
    const flat = [
      "imagePullSecrets",
      "replicaCount",
      "logLevel",
      "podAnnotations",
      "podLabels",
      "nodeSelector",
      "tolerations",
      "affinity",
    ];
    for (const name of flat) expect(chartValues()).toHaveProperty(name);
    for (const [group, names] of Object.entries(kept))
      for (const name of names) expect(chartValues()).toHaveProperty([group, name]);
  });
});

describe("the checks of values", () => {
  const schema: Schema = {
    type: "object",
    additionalProperties: false,
    properties: {
      image: { type: "object", properties: { tag: { type: "string", description: "The tag." } } },
      log: { type: "string", description: "How much." },
    },
  };

  it("find a value without a row, a wrong default and a wrong meaning", () => {
    const page = '| `image.tag` | `"b"` | The tag. |\n';
    expect(readmeRows(page)).not.toEqual(expectedRows({ image: { tag: "a" } }, schema));
    expect(expectedRows({ image: { tag: "a" }, odd: 1 }, schema)).toEqual([
      { value: "image.tag", fallback: '"a"', meaning: "The tag." },
      { value: "odd", fallback: "1", meaning: "not in the schema" },
    ]);
  });

  it("find a value of the schema that values.yaml does not set", () => {
    expect(unsetValues({ image: {} }, schema)).toEqual(["image.tag", "log"]);
  });

  it("find an object that accepts anything", () => {
    expect(openObjects(schema)).toEqual(["values.image"]);
  });
});
