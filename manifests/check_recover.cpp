#include "manifests/check_recover.hpp"

#include <functional>
#include <map>
#include <string>

namespace dgxp {
namespace {

using Uses = std::function<bool(const RecoverSpec&)>;

void check_field(const std::vector<MasterSpec>& masters, const std::string& name, const Uses& uses,
                 const std::string& message, const std::string& hint, ProblemList& problems) {
  std::map<Place, bool> is_used;
  for (const MasterSpec& master : masters) {
    const auto place = master.field_places.find("recover." + name);
    if (place == master.field_places.end()) continue;
    bool& used = is_used[place->second];
    used = used || uses(master.recover);
  }
  for (const auto& [place, used] : is_used) {
    if (used) continue;
    problems.warning({.place = place, .length = static_cast<int>(name.size())}, message, hint);
  }
}

}  // namespace

void check_recover(const std::vector<MasterSpec>& masters, ProblemList& problems) {
  check_field(
      masters, "key",
      [](const RecoverSpec& recover) { return recover.background == Background::chroma_key; },
      "'key' is ignored: it is the colour of 'background: chroma_key'",
      "add 'background: chroma_key', or leave 'key' out", problems);
  check_field(
      masters, "holes",
      [](const RecoverSpec& recover) {
        return !recover.holes || recover.background != Background::none;
      },
      "'holes' has no effect where no background is removed",
      "add 'background: border_flood', or leave 'holes' out", problems);
}

}  // namespace dgxp
