import { Fault } from "@clauderon/base/fault";
import { MAX_SESSION_NAME, SESSION_NAME } from "@clauderon/protocol/wire";

/** The session in a URL that git passes: `clauderon::brave-otter` or `clauderon://brave-otter`. */
export function sessionOfUrl(url: string): string {
  const name = url
    .replace(/^clauderon::?/, "")
    .replace(/^\/\//, "")
    .replace(/\/$/, "");
  if (name.length <= MAX_SESSION_NAME && SESSION_NAME.test(name)) return name;
  throw new Fault("USAGE", `"${name}" is not a valid session name`, {
    hint: "Write clauderon::NAME; clauderon list shows the names",
  });
}
