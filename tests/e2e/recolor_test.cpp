// Recolouring plain pictures, several of them at once.
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/image/png_codec.hpp"
#include "tests/e2e/project_pictures.hpp"
#include "tests/e2e/small_project.hpp"

using namespace dgxp;

namespace {

using Words = std::vector<std::string>;

/// A folder with two pictures and a palette of one colour.
class TwoPictures : public TempProject {
 public:
  TwoPictures() {
    Image image({16, 16}, Rgba{0x9e, 0x30, 0x38, 255});
    image.at(3, 4) = {0xf6, 0xda, 0x77, 255};
    put("a.png", std::string(as_text(encode_png(image))));
    image.at(5, 6) = {};
    put("b.png", std::string(as_text(encode_png(image))));
    put("to.hex", "102030\n");
  }
  ProgramResult recolor(Words words) const {
    words.insert(words.begin(), {"recolor", "--palette", "to.hex"});
    return run_dgxp(folder().string(), std::move(words));
  }
};

}  // namespace

TEST_CASE("recolor writes several pictures to a folder, each as it would alone") {
  const TwoPictures folder;
  CHECK(folder.recolor({"a.png", "-o", "alone.png"}).status == 0);
  const ProgramResult result = folder.recolor({"a.png", "b.png", "-o", "new"});
  CHECK(result.status == 0);
  CHECK(result.out.find("wrote new/b.png (255 pixels changed, 1 colour)") != std::string::npos);
  CHECK(folder.get("new/a.png") == folder.get("alone.png"));
  CHECK(folder.recolor({"b.png", "-o", "one/"}).status == 0);
  CHECK(folder.get("one/b.png") == folder.get("new/b.png"));
}

TEST_CASE("recolor of several pictures writes those that it can") {
  const TwoPictures folder;
  folder.put("b.png", "no picture");
  const ProgramResult result = folder.recolor({"b.png", "a.png", "-o", "new", "--json"});
  CHECK(result.status == 65);
  CHECK(result.err.find("b.png") != std::string::npos);
  const auto document = nlohmann::json::parse(result.out);
  CHECK(document["exit"] == 65);
  CHECK(document["pictures"][0]["input"] == "b.png");
  CHECK(document["pictures"][1]["output"] == "new/a.png");
  CHECK(folder.names("new") == Words{"a.png"});
}

TEST_CASE("recolor of several pictures refuses what would lose one") {
  const TwoPictures folder;
  const Words before = folder.names("");
  const auto refused = [&](Words words, const std::string& message) {
    const ProgramResult result = folder.recolor(std::move(words));
    INFO(result.err);
    CHECK(result.status == 64);
    CHECK(result.err.find(message) != std::string::npos);
    CHECK(result.err.find("hint: ") != std::string::npos);
    CHECK(folder.names("") == before);
  };
  refused({"a.png", "c/a.png", "-o", "new"}, "two pictures are named 'a.png'");
  refused({"a.png", "b.png", "-o", "."}, "would overwrite one of the pictures");
  refused({"a.png", "b.png", "-o", "-"}, "several pictures cannot all go to standard output");
}

TEST_CASE("recolor --fast writes the same pixels") {
  const TwoPictures folder;
  CHECK(folder.recolor({"a.png", "-o", "small.png"}).status == 0);
  CHECK(folder.recolor({"a.png", "-o", "fast.png", "--fast"}).status == 0);
  const std::string small = folder.get("small.png");
  const std::string fast = folder.get("fast.png");
  CHECK(small.size() <= fast.size());
  CHECK(decode_png(as_bytes(small))->pixels == decode_png(as_bytes(fast))->pixels);
}
