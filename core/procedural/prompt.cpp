#include "core/procedural/prompt.hpp"

#include <algorithm>
#include <array>

#include "core/base/text.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kMaxText = 4000;

using Clause = std::vector<std::string>;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::vector<Clause> split(std::string_view text) {
  std::vector<Clause> clauses(1);
  std::string word;
  const auto end_word = [&] {
    if (!word.empty()) clauses.back().push_back(word);
    word.clear();
  };
  for (const char c : text.substr(0, kMaxText)) {
    if (is_letter(c)) {
      word += to_lower(c);
      continue;
    }
    end_word();
    if (c == ',' || c == ';' || c == '.' || c == '\n') clauses.emplace_back();
  }
  end_word();
  return clauses;
}

// About the picture, not about what it shows.
bool is_about_picture(const Clause& clause) {
  constexpr std::array<std::string_view, 9> kWords{"outline",    "outlines", "view",
                                                   "background", "style",    "palette",
                                                   "shading",    "colors",   "facing"};
  return std::ranges::any_of(
      clause, [&](const std::string& word) { return std::ranges::count(kWords, word) > 0; });
}

bool parts_phrases(std::string_view word) {
  constexpr std::array<std::string_view, 18> kWords{
      "with", "of",   "in",   "on",    "at",   "and",    "or",   "from",    "for",
      "by",   "near", "over", "under", "made", "having", "like", "holding", "wearing"};
  return std::ranges::count(kWords, word) > 0;
}

bool is_garment(std::string_view word) {
  constexpr std::array<std::string_view, 31> kGarments{
      "scarf",  "cape",  "cloak", "apron",  "robe",    "hat",      "helmet", "hood",
      "crown",  "tunic", "shirt", "coat",   "dress",   "trousers", "pants",  "boots",
      "hair",   "beard", "skin",  "eye",    "belt",    "armor",    "armour", "bandana",
      "gloves", "wings", "cap",   "liquid", "clothes", "gem",      "jacket"};
  return std::ranges::any_of(kGarments, [&](std::string_view g) { return is_form_of(word, g); });
}

bool is_metal(Material m) {
  return m >= Material::steel && m <= Material::copper;
}
bool is_gem(Material m) {
  return m >= Material::jade && m <= Material::diamond;
}

template <typename Predicate>
Material first_of(const std::vector<Material>& materials, Material otherwise, Predicate wanted) {
  const auto found = std::ranges::find_if(materials, wanted);
  return found == materials.end() ? otherwise : *found;
}

}  // namespace

bool is_form_of(std::string_view word, std::string_view singular) {
  if (!word.starts_with(singular)) {
    // berry, berries; knife, knives
    if (word.size() < 4 || !word.ends_with("es")) return false;
    const std::string_view stem = word.substr(0, word.size() - 3);
    const char last = word[word.size() - 3];
    if (last == 'i')
      return singular.size() == stem.size() + 1 && singular.starts_with(stem) &&
             singular.ends_with("y");
    return last == 'v' && singular.starts_with(stem) &&
           (singular.substr(stem.size()) == "f" || singular.substr(stem.size()) == "fe");
  }
  const std::string_view rest = word.substr(singular.size());
  return rest.empty() || rest == "s" || rest == "es";
}

bool is_form_of_one(std::string_view word, std::string_view words) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (is_form_of(word, words.substr(0, end))) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

Prompt::Prompt(std::string_view text) {
  const std::vector<Clause> clauses = split(text);
  for (const Clause& clause : clauses)
    if (!is_about_picture(clause)) read_clause(clause);
  if (!words_.empty()) return;
  for (const Clause& clause : clauses) read_clause(clause);
}

void Prompt::read_clause(const Clause& clause) {
  Material pending = Material::none;
  ++phrase_;
  for (const std::string& word : clause) {
    if (parts_phrases(word)) ++phrase_;
    words_.push_back(word);
    phrases_.push_back(phrase_);
    const Material material = find_material(word);
    if (material != Material::none) {
      if (pending != Material::none) free_materials_.push_back(pending);
      pending = material;
      materials_.push_back(material);
    } else if (is_garment(word)) {
      said_.push_back({word, pending});
      pending = Material::none;
    }
  }
  if (pending != Material::none) free_materials_.push_back(pending);
}

bool Prompt::has(std::string_view word) const {
  return std::ranges::any_of(words_, [&](const std::string& w) { return is_form_of(w, word); });
}

bool Prompt::has_any(std::initializer_list<std::string_view> words) const {
  return std::ranges::any_of(words, [&](std::string_view word) { return has(word); });
}

bool Prompt::has_one_of(std::string_view words) const {
  return std::ranges::any_of(words_,
                             [&](const std::string& w) { return is_form_of_one(w, words); });
}

Material Prompt::material_of(std::initializer_list<std::string_view> things,
                             Material otherwise) const {
  for (const Said& said : said_)
    for (const std::string_view thing : things)
      if (said.material != Material::none && is_form_of(said.thing, thing)) return said.material;
  return otherwise;
}

Material Prompt::metal(Material otherwise) const {
  return first_of(materials_, otherwise, is_metal);
}
Material Prompt::gem(Material otherwise) const {
  return first_of(materials_, otherwise, is_gem);
}
Material Prompt::color(Material otherwise) const {
  return free_materials_.empty() ? otherwise : free_materials_.front();
}

}  // namespace dgxp
