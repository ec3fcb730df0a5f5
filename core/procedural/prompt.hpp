#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/procedural/ramps.hpp"

namespace dgxp {

/// The words of a prompt that say what is drawn.
class Prompt {
 public:
  /// Lower-cases, splits at everything that is no letter, and leaves out clauses that speak of the
  /// picture rather than of the thing ("side view", "single color black outline"), unless nothing
  /// else remains. Reads at most 4,000 characters.
  explicit Prompt(std::string_view text);

  const std::vector<std::string>& words() const { return words_; }
  /// The phrase that each word stands in: commas and "with", "of", "in" ... part them.
  const std::vector<int>& phrases() const { return phrases_; }
  /// Singular or plural.
  bool has(std::string_view word) const;
  bool has_any(std::initializer_list<std::string_view> words) const;
  /// The same for words that are separated by blanks.
  bool has_one_of(std::string_view words) const;

  /// Every material or colour named, in order.
  const std::vector<Material>& materials() const { return materials_; }
  /// The colour or material said of one of `things` ("red scarf", "scarf of gold" is not read);
  /// `otherwise` when the things are not mentioned or have none.
  Material material_of(std::initializer_list<std::string_view> things, Material otherwise) const;
  /// The first material of metal, a gem, or any colour that is said of no garment.
  Material metal(Material otherwise) const;
  Material gem(Material otherwise) const;
  Material color(Material otherwise) const;

 private:
  struct Said {
    std::string thing;
    Material material;
  };
  void read_clause(const std::vector<std::string>& clause);

  std::vector<std::string> words_;
  std::vector<int> phrases_;
  int phrase_ = 0;
  std::vector<Material> materials_;
  std::vector<Material> free_materials_;  ///< not said of a garment
  std::vector<Said> said_;
};

/// Whether `word` is a form of one of `words`, which are singular and separated by blanks.
bool is_form_of_one(std::string_view word, std::string_view words);

/// Whether `word` is `singular` or its plural.
bool is_form_of(std::string_view word, std::string_view singular);

}  // namespace dgxp
