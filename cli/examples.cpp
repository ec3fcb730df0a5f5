#include "cli/examples.hpp"

namespace dgxp {
namespace {

constexpr VerbExample kExamples[] = {
    {"build", "dgxp build assets.yaml --locked"},
    {"watch", "dgxp watch --events=jsonl --exit-on-stdin-eof"},
    {"plan", "dgxp plan --detailed-exitcode"},
    {"check", "dgxp check --no-placeholders"},
    {"lint", "dgxp lint \"hero*\" --strict"},
    {"status", "dgxp status --verbose"},
    {"explain", "dgxp explain \"hero/walk/*\""},
    {"reroll", "dgxp reroll enemy/slime && dgxp build"},
    {"adopt", "dgxp adopt hero"},
    {"preview", "dgxp preview --sheet sprites.png --scale 4"},
    {"recover", "dgxp recover raw.png -o sprite.png --palette ember.hex --background border_flood"},
    {"recolor", "dgxp recolor sword.png -o gold.png --map \"#577277=#be772b\""},
    {"pack", "dgxp pack frames/*.png -o sheet.png --padding 2"},
    {"palette", "dgxp palette extract frames/*.png -n 24 -o game.gpl"},
    {"palette show", "dgxp palette show ember.hex"},
    {"palette convert", "dgxp palette convert ember.hex -o ember.gpl"},
    {"palette compare", "dgxp palette compare ember.hex dusk.hex"},
    {"palette extract", "dgxp palette extract frames/*.png -n 24 -o game.gpl"},
    {"template", "dgxp template check workflows/hero.json --comfy http://127.0.0.1:8188"},
    {"template ls", "dgxp template ls --json"},
    {"template show", "dgxp template show sprite-sdxl --binding"},
    {"template check", "dgxp template check workflows/hero.json"},
    {"init", "dgxp init my-game"},
    {"schema", "dgxp schema > dgxp.schema.json"},
    {"worker", "dgxp worker --listen tcp://127.0.0.1:5555 --backend procedural"},
    {"worker keygen", "dgxp worker keygen --output keys"},
    {"jobs", "dgxp jobs watch --worker tcp://127.0.0.1:5555 --previews /tmp/previews"},
    {"jobs ls", "dgxp jobs ls --worker tcp://127.0.0.1:5555"},
    {"jobs watch", "dgxp jobs watch --follow --worker tcp://127.0.0.1:5555"},
    {"jobs cancel", "dgxp jobs cancel 9f1b2c --worker tcp://127.0.0.1:5555"},
    {"models", "dgxp models ls --worker tcp://127.0.0.1:5555"},
    {"models ls", "dgxp models ls --json --worker tcp://127.0.0.1:5555"},
    {"wire",
     "dgxp wire tap --listen ipc:///tmp/tap --worker tcp://127.0.0.1:5555 --record talk.wire"},
    {"wire tap", "dgxp wire tap --listen ipc:///tmp/tap --record talk.wire"},
    {"wire replay", "dgxp wire replay talk.wire --listen ipc:///tmp/played"},
    {"doctor", "dgxp doctor --worker tcp://127.0.0.1:5555"},
    {"clean", "dgxp clean --dry-run"},
    {"completion", "dgxp completion bash > ~/.local/share/bash-completion/completions/dgxp"},
    {"version", "dgxp version"},
};

}  // namespace

std::span<const VerbExample> verb_examples() {
  return kExamples;
}

}  // namespace dgxp
