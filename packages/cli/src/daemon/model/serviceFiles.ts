export interface DaemonService {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** A systemd unit of this user. Stopping it, also with `systemctl --user stop`, leaves the agents running. */
export function systemdUnit({ command, environment }: DaemonService): string {
  const variables = Object.entries(environment).map(
    ([name, value]) => `Environment=${systemdQuoted(`${name}=${value}`)}`,
  );
  return `[Unit]
Description=clauderon daemon

[Service]
ExecStart=${command.map((word) => systemdQuoted(word).replaceAll("$", "$$$$")).join(" ")}
${variables.join("\n")}
Restart=on-failure
RestartSec=2
KillMode=process

[Install]
WantedBy=default.target
`;
}

const systemdQuoted = (word: string) =>
  `"${word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`;

export const LAUNCHD_LABEL = "dev.clauderon.daemon";

/** A launchd agent of this user; AbandonProcessGroup leaves the coding agents running. */
export function launchdAgent({ command, environment }: DaemonService): string {
  const words = command.map((word) => `    <string>${xml(word)}</string>`);
  const variables = Object.entries(environment).map(
    ([name, value]) => `    <key>${xml(name)}</key>\n    <string>${xml(value)}</string>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LAUNCHD_LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${words.join("\n")}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join("\n")}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>AbandonProcessGroup</key>
  <true/>
</dict>
</plist>
`;
}

const xml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
