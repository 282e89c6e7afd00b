/**
 * `npm run texts [-- PATH…]`: every text of the products that users see, in one listing, read from the sources: messages, hints, help, progress,
 * reasons, field descriptions, the chart's notes. A folder or file as PATH limits it. What is filled in is shown as <name>.
 */
import { join } from "node:path";
import { programTexts } from "./texts/userTexts.ts";

const paths = process.argv.slice(2);
const texts = programTexts(join(import.meta.dirname, "..")).filter(
  ({ file }) => paths.length === 0 || paths.some((path) => file.startsWith(path)),
);

let shown = "";
for (const { file, place, text } of texts) {
  if (file !== shown) console.log(`\n${file}`);
  shown = file;
  console.log(`  ${place}: ${text}`);
}
