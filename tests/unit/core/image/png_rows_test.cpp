#include "core/image/png_rows.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/unit/core/image/image_makers.hpp"

namespace dgxp {
namespace {

void check_same(const std::optional<IndexedImage>& index, const Image& image) {
  const auto wanted = index_colors(image);
  REQUIRE(index.has_value() == wanted.has_value());
  if (!wanted) return;
  CHECK(index->size == wanted->size);
  CHECK(index->palette == wanted->palette);
  CHECK(index->indexes == wanted->indexes);
  CHECK(index->counts == with_counts(*wanted).counts);
}

}  // namespace

TEST_CASE("an index that looks at changed rows alone is the one of the whole picture") {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    CAPTURE(seed);
    testing::Random random(seed);
    // Half of them without transparency, which stands first in a palette.
    const int holes = seed % 2 == 0 ? 3 : 1 << 20;
    const Palette palette = random.palette(1 + random.below(5));
    const Palette more = random.palette(6);
    Image image = random.image({6, 24}, palette, holes);
    ColorIndex index;
    check_same(index.update(image, 0, image.size.height), image);
    for (int round = 0; round < 30; ++round) {
      const int begin = random.below(image.size.height);
      const int end = begin + 1 + random.below(image.size.height - begin);
      // Colours come and go, transparency too, and now and then what no palette can say.
      const bool is_usual = random.below(4) != 0;
      const Image other = random.image(image.size, is_usual ? palette : more, 1 + random.below(9));
      const auto first = static_cast<std::ptrdiff_t>(begin) * image.size.width;
      const auto last = static_cast<std::ptrdiff_t>(end) * image.size.width;
      std::copy(other.pixels.begin() + first, other.pixels.begin() + last,
                image.pixels.begin() + first);
      if (random.below(9) == 0) image.at(0, begin).a = 99;
      check_same(index.update(image, begin, end), image);
    }
    const Image smaller = random.image({5, 24}, palette, holes);
    check_same(index.update(smaller, 3, 4), smaller);
  }
}

}  // namespace dgxp
