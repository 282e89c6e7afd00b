/** `npm run demo:picture` runs the demo and writes docs/demo.svg, the picture of it in the README. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { demoPicture } from "./demo/picture.ts";

const root = join(import.meta.dirname, "..");
const output = execFileSync(process.execPath, [join(root, "tools/demo.ts")], { cwd: root, encoding: "utf8" });
writeFileSync(join(root, "docs/demo.svg"), demoPicture(output));
