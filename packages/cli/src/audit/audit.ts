import type { Command } from "commander";
import type { CommandContext } from "../commandContext.ts";
import type { AuditOptions } from "./model/auditOptions.ts";

const EXAMPLES = `
Examples:
  # Show what was refused to the session web
  clauderon audit --session web --refused

  # Show what is refused from now on, too
  clauderon audit --refused --follow

  # Check that no line was changed or removed
  clauderon audit --verify`;

export function addAuditCommand(program: Command, context: CommandContext): void {
  program
    .command("audit")
    .summary("show or verify the audit log of the proxy")
    .description(
      "Shows what a credential proxy decided, oldest first: each request and tunnel, whether it passed, and why.\n\n" +
        "With --verify, checks instead that every line is as the proxy wrote it and that none is missing between two " +
        "others. Exits with 1 and names the first wrong line if not. Lines that were removed at the end leave no trace: " +
        "compare the last hash with one that you noted.",
    )
    .option("--state <folder>", "state folder of the proxy (default: that of sessions on this machine)")
    .option("--session <name>", "show only this session or AgentJob, such as web or team/nightly")
    .option("--refused", "show only what was refused or failed")
    .option("-f, --follow", "also show each new decision, until ctrl-c")
    .option("--json", "print the lines as they are in the log")
    .option("--verify", "check the log instead of showing it")
    .addHelpText("after", EXAMPLES)
    .action(
      async ({ refused = false, verify = false, follow = false, json = false, ...options }: Partial<AuditOptions>) => {
        const { auditCommand } = await import("./auditCommand.ts");
        await auditCommand({ ...options, refused, verify, follow, json }, context);
      },
    );
}
