// Imported first by every command: source runs unbuilt, which an older Node would answer with a riddle.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 24) {
  process.stderr.write(
    `error[USAGE]: This needs Node 24, and runs on Node ${major}.${minor}\n` +
      "hint: Use npx, or put the project's node_modules/.bin first on the PATH: Node 24 is in there\n",
  );
  process.exit(2);
}
