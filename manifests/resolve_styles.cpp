#include "manifests/resolve_styles.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "manifests/placeholders.hpp"

namespace dgxp {
namespace {

using Kind = SyntaxNode::Kind;

constexpr std::array<std::string_view, 5> kPromptWords{"prompt", "view", "outline", "direction",
                                                       "animation"};

ModelFile read_model(const NodeLayers& layers) {
  const FieldReader reader(model_shape(), layers);
  return {.file = std::string(reader.text("file")), .sha256 = std::string(reader.text("sha256"))};
}

std::vector<LoraSpec> read_loras(const NodeLayers& layers) {
  std::vector<LoraSpec> loras;
  if (layers.empty()) return loras;
  for (const SyntaxNode& item : layers.top().items) {
    const FieldReader reader(lora_shape(), NodeLayers(&item));
    loras.push_back({.file = std::string(reader.text("file")),
                     .sha256 = std::string(reader.text("sha256")),
                     .weight = reader.number("weight")});
  }
  return loras;
}

SamplerSpec read_sampler(const NodeLayers& layers) {
  const FieldReader reader(sampler_shape(), layers);
  SamplerSpec sampler{.name = std::string(reader.text("name")),
                      .scheduler = std::string(reader.text("scheduler")),
                      .steps = reader.integer("steps"),
                      .cfg = reader.number("cfg")};
  if (reader.has("denoise")) sampler.denoise = reader.number("denoise");
  sampler.written = {.name = reader.has("name"),
                     .scheduler = reader.has("scheduler"),
                     .steps = reader.has("steps"),
                     .cfg = reader.has("cfg")};
  return sampler;
}

StyleSpec read_style(const SyntaxNode* node) {
  const FieldReader reader(style_shape(), NodeLayers(node));
  StyleSpec style;
  if (node != nullptr) {
    style.name = node->key;
    style.place = node->key_span.place;
  }
  style.workflow = reader.text("workflow");
  if (reader.has("checkpoint")) style.checkpoint = read_model(reader.find("checkpoint"));
  style.loras = read_loras(reader.find("loras"));
  style.prompt = reader.text("prompt");
  style.negative = reader.text("negative");
  style.view = reader.text("view");
  style.outline = reader.text("outline");
  style.sampler = read_sampler(reader.find("sampler"));
  style.render_scale = reader.integer("render_scale");
  return style;
}

void check_prompt(const SyntaxNode& style, ProblemList& problems) {
  const SyntaxNode* prompt = style.find("prompt");
  if (prompt == nullptr || !prompt->is(Kind::scalar)) return;
  bool has_prompt = false;
  for (const Placeholder& placeholder : find_placeholders(prompt->text)) {
    has_prompt = has_prompt || placeholder.name == "prompt";
    if (std::ranges::find(kPromptWords, placeholder.name) != kPromptWords.end()) continue;
    problems.error(
        problems.span_of(placeholder.whole, prompt->span),
        fmt::format("unknown placeholder '{}' in the prompt of style '{}'", placeholder.whole,
                    style.key),
        problems.suggest(
            placeholder.name, [] { return std::vector(kPromptWords.begin(), kPromptWords.end()); },
            "write {prompt}, {view}, {outline}, {direction} or {animation}"));
  }
  if (!has_prompt) {
    problems.error(prompt->span,
                   fmt::format("the prompt of style '{}' does not mention {{prompt}}", style.key),
                   "write {prompt} where the words of the sprite belong");
  }
}

/// Places of every written field: those of maps go by their parts.
std::map<std::string, Place> collect_places(const SyntaxNode& style) {
  std::map<std::string, Place> places;
  for (const SyntaxNode& field : style.items) {
    const std::string name = fmt::format("style.{}", field.key);
    places.emplace(name, field.key_span.place);
    if (!field.is(Kind::map)) continue;
    for (const SyntaxNode& part : field.items) {
      places.emplace(fmt::format("{}.{}", name, part.key), part.key_span.place);
    }
  }
  const auto view = places.find("style.view");
  if (view != places.end()) places.emplace("view", view->second);
  return places;
}

std::size_t count_bytes(const ResolvedStyle& style) {
  const StyleSpec& spec = style.spec;
  std::size_t bytes = sizeof(StyleSpec) + spec.name.size() + spec.workflow.size() +
                      spec.prompt.size() + 2 * spec.negative.size() + spec.outline.size() +
                      spec.sampler.name.size() + spec.sampler.scheduler.size();
  if (spec.checkpoint) bytes += spec.checkpoint->file.size() + spec.checkpoint->sha256.size();
  for (const LoraSpec& lora : spec.loras) {
    bytes += sizeof(LoraSpec) + lora.file.size() + lora.sha256.size();
  }
  constexpr std::size_t kPlaceBytes = 112;  // of a node of the map
  return bytes + style.places.size() * kPlaceBytes;
}

}  // namespace

StyleTable::StyleTable(const SyntaxNode& manifest, ProblemList& problems) {
  plain_.spec = read_style(nullptr);
  plain_.bytes = count_bytes(plain_);
  const NodeLayers styles = NodeLayers(&manifest).find("styles");
  if (styles.empty() || !styles.top().is(Kind::map)) return;
  for (const SyntaxNode& node : styles.top().items) {
    if (!node.is(Kind::map)) continue;
    check_prompt(node, problems);
    ResolvedStyle style{.spec = read_style(&node), .places = collect_places(node)};
    style.bytes = count_bytes(style);
    styles_.emplace(node.key, std::move(style));
  }
}

const ResolvedStyle& StyleTable::find(const NodeLayers& style, ProblemList& problems) const {
  if (style.empty() || !style.top().is(Kind::scalar)) return plain_;
  const auto found = styles_.find(style.top().text);
  if (found != styles_.end()) return found->second;
  const auto list_names = [&] {
    std::vector<std::string_view> names;
    names.reserve(styles_.size());
    for (const auto& known : styles_) names.push_back(known.first);
    return names;
  };
  problems.error(style.top().span, fmt::format("there is no style '{}'", style.top().text),
                 problems.suggest(style.top().text, list_names, "add it under 'styles'"));
  return plain_;
}

std::string compose_prompt(const StyleSpec& style, std::string_view prompt,
                           std::optional<Direction> direction, std::string_view animation) {
  const std::string_view direction_text = direction ? to_text(*direction) : std::string_view();
  const auto value_of = [&](std::string_view name) -> std::optional<std::string_view> {
    if (name == "prompt") return prompt;
    if (name == "view") return style.view;
    if (name == "outline") return style.outline;
    if (name == "direction") return direction_text;
    if (name == "animation") return animation;
    return std::nullopt;
  };
  const auto mentions = [&](std::string_view name) {
    const auto found = find_placeholders(style.prompt);
    return std::ranges::find(found, name, &Placeholder::name) != found.end();
  };
  std::string text = fill_word_list(style.prompt, value_of);
  const auto append = [&](const std::string& words) { text += (text.empty() ? "" : ", ") + words; };
  if (direction && !mentions("direction")) append(fmt::format("facing {}", direction_text));
  if (!animation.empty() && !mentions("animation")) append(fmt::format("{} animation", animation));
  return text;
}

}  // namespace dgxp
