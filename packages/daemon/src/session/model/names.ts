const ADJECTIVES =
  "amber bold brave brisk calm clear clever cosy crisp eager fair fleet fond gentle glad golden grand happy honest jolly keen kind lively lucky mellow merry mild nimble noble patient plain proud quick quiet ready rosy sharp shy silent silver smooth snug solid spry stable steady still sunny sweet swift tidy true vivid warm wise witty young zesty".split(
    " ",
  );

const NOUNS =
  "acorn alder anchor aspen badger beacon birch bison breeze brook canyon cedar cliff clover comet coral crane creek cricket delta dune eagle elm ember falcon fern finch fjord forest fox glacier grove harbor hawk hazel heron island jasper juniper kestrel lagoon lake lark laurel lynx maple meadow mesa moose moss oak orchard otter owl pebble pine plover pond quail quartz rapids raven reef ridge river robin sparrow spruce summit thrush tundra valley walnut willow wren".split(
    " ",
  );

/**
 * A name that is easy to say, such as `swift-otter`. `random` returns numbers in [0, 1). After a few tries the name also
 * gets a number.
 */
export function generateName(random: () => number, tries: number): string {
  const words = [ADJECTIVES, NOUNS].map((list) => list[Math.floor(random() * list.length)] ?? "session");
  return tries < 5 ? words.join("-") : `${words.join("-")}-${Math.floor(random() * 100_000)}`;
}

/** The first generated name that is not taken. */
export function generateFreeName(random: () => number, isTaken: (name: string) => boolean): string {
  for (let tries = 0; ; tries += 1) {
    const name = generateName(random, tries);
    if (!isTaken(name)) return name;
  }
}
