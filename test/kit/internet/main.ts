import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { parseScriptFile } from "./messages/scriptFile.ts";
import { startScriptedMessages } from "./messages/scriptedMessages.ts";

const USAGE = "usage: node test/kit/internet/main.ts messages --script <file.json> [--port <number>]";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { script: { type: "string" }, port: { type: "string", default: "0" } },
});
if (positionals.join(" ") !== "messages" || values.script === undefined || !/^\d+$/.test(values.port)) {
  console.error(USAGE);
  process.exit(2);
}

const options = parseScriptFile(await readFile(values.script, "utf8"));
const messages = await startScriptedMessages({ ...options, port: Number(values.port) });
console.log(`The scripted model listens on ${messages.baseUrl}. Try it with:`);
console.log(`  ANTHROPIC_BASE_URL=${messages.baseUrl} ANTHROPIC_API_KEY=sk-ant-none npx claude -p hello </dev/null`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void messages.stop());
