// Pictures that a program enlarged softly, through the real binary.
#include <string>

#include <nlohmann/json.hpp>

#include "core/image/png_codec.hpp"
#include "tests/e2e/project_pictures.hpp"
#include "tests/e2e/small_project.hpp"
#include "tests/unit/core/image/soft_enlargement.hpp"
#include "tests/unit/core/image/synthetic_raw.hpp"

using namespace dgxp;

TEST_CASE("recover gives back the pixels that a program enlarged by interpolation") {
  const TempProject folder;
  const Image native = synthetic::blot({24, 24}, 2, 3);
  const Image soft =
      synthetic::softly_enlarged(synthetic::on_backdrop(native), {200, 200}, synthetic::tent);
  folder.put("soft.png", std::string(as_text(encode_png(soft))));
  const ProgramResult result = run_dgxp(
      folder.folder().string(),
      {"recover", "soft.png", "-o", "native.png", "--background", "border_flood", "--json"});
  CHECK(result.status == 0);
  CHECK(nlohmann::json::parse(result.out)["quality"] == 1.0);
  CHECK(synthetic::differences(png_at(folder, "native.png"), native) == 0);
}
