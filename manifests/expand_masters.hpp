#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifests/expansion_budget.hpp"
#include "manifests/resolve_look.hpp"
#include "manifests/resolve_rows.hpp"
#include "manifests/resolve_sprites.hpp"

namespace dgxp {

/// What the masters of one sprite, or of all recolours of one sprite, are made from.
struct MasterPlan {
  std::string id;      ///< without animation and direction
  std::string prompt;  ///< before the style's template
  std::string source;  ///< the drawn file; empty for generated masters
  Size size;
  bool seamless = false;
  Span span;
};

/// Makes masters into a ResolvedSprites, as far as the budget goes.
class MasterExpander {
 public:
  MasterExpander(std::string art_dir, ExpansionBudget& budget, ProblemList& problems,
                 ResolvedSprites& resolved)
      : art_dir_(std::move(art_dir)), budget_(budget), problems_(problems), resolved_(resolved) {}

  /// One master for each drawn row of `rows`.
  void expand(const MasterPlan& plan, const Look& look, const std::vector<RowPlan>& rows);

  /// Reports rows whose raw or native picture would be larger than any worker draws.
  void check_row_sizes(Size size, const Look& look, const std::vector<RowPlan>& rows, bool is_drawn,
                       Span span);

 private:
  bool take(const MasterSpec& master, const Look& look, Span span);

  std::string art_dir_;
  ExpansionBudget& budget_;
  ProblemList& problems_;
  ResolvedSprites& resolved_;
};

}  // namespace dgxp
