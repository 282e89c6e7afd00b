/** Columns and rows are cut and counted in characters of this size. */
const COLUMNS = 112;
const CHARACTER = { width: 7.8, height: 18 };
const MARGIN = { left: 18, top: 52, bottom: 18 };

const COLOURS = {
  plain: "#d0d7de",
  dim: "#8b949e",
  good: "#3fb950",
  bad: "#f85149",
  heading: "#ffffff",
  place: "#79c0ff",
};
/** The first expression that matches a line decides its colour. */
const RULES: readonly (readonly [RegExp, keyof typeof COLOURS])[] = [
  [/^(▸|\$)/, "heading"],
  [/^ *not ok|^-/, "bad"],
  [/^ *ok|^\+|^✓|^runner +Succeeded/, "good"],
  [/^@@/, "place"],
  [/^ {2}(\$|The agent)/, "dim"],
];
/** What differs from run to run, and what stands for it, so that the same demo makes the same picture. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/^\d\d:\d\d:\d\d /gm, ""],
  [/\/\S*clauderon-demo-\w+/g, "/tmp/demo"],
  [/\b[0-9a-f]{7}\b(?= Demo:|\])/g, "c0ffee1"],
  [/, [\d.]+ m?s$/gm, ""],
];

/** An SVG of a terminal that shows the output of the demo, from the failing test to the one that passes. */
export function demoPicture(output: string): string {
  const lines = shownLines(VARYING.reduce((text, [found, instead]) => text.replace(found, instead), output));
  const height = MARGIN.top + lines.length * CHARACTER.height + MARGIN.bottom;
  const width = Math.ceil(MARGIN.left * 2 + COLUMNS * CHARACTER.width);
  const dots = ["#ff5f57", "#febc2e", "#28c840"].map(
    (fill, at) => `<circle cx="${22 + at * 20}" cy="20" r="6" fill="${fill}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    "<title>npm run demo: an agent fixes a failing test in a scratch repository</title>",
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...dots,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="13" xml:space="preserve">`,
    ...lines.map(lineElement).filter((element) => element !== ""),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** Without the parts that the picture shows twice: the summary of the run, and the header of the diff. */
function shownLines(output: string): readonly string[] {
  const story = output.slice(output.indexOf("▸"), output.indexOf("▸ Next"));
  const summary = /^leap-years: \d[\s\S]*?(?=^▸)/m;
  const lines = story.replace(summary, "").trimEnd().split("\n");
  return ["$ npm run demo", "", ...lines.filter((line) => !/^(diff |index |--- |\+\+\+ )/.test(line))];
}

function lineElement(line: string, at: number): string {
  if (line.trim() === "") return "";
  const colour = RULES.find(([found]) => found.test(line))?.[1] ?? "plain";
  const weight = colour === "heading" ? ' font-weight="bold"' : "";
  const cut = line.length > COLUMNS ? `${line.slice(0, COLUMNS - 1)}…` : line;
  const text = cut.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${MARGIN.left}" y="${MARGIN.top + at * CHARACTER.height}" fill="${COLOURS[colour]}"${weight}>${text}</text>`;
}
