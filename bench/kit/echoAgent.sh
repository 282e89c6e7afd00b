#!/bin/sh
# An agent that does nothing: what is typed is echoed by the terminal itself. At a line "flood" it prints 1 MB/s.
if [ -n "$CLAUDERON_EVENTS" ]; then
  echo '{"activity":"Idle"}' >"$CLAUDERON_EVENTS/$$" && mv "$CLAUDERON_EVENTS/$$" "$CLAUDERON_EVENTS/$$.json"
fi
printf 'ready\r\n'
while read -r line; do
  [ "$line" = flood ] && exec node -e '
    const text = `${"0123456789".repeat(9)}\r\n`.repeat(109);
    const begin = performance.now();
    let printed = 0;
    setInterval(() => {
      for (; printed < (performance.now() - begin) * 1_000; printed += text.length) process.stdout.write(text);
    }, 5);'
done
