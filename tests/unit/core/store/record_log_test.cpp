#include "core/store/record_log.hpp"

#include "temp_project.hpp"

namespace dgxp {
namespace {

const std::vector<Record> kRecords = {
    {sha256("1"), "hero"},
    {sha256("2"), "with spaces and \\ and\nline ends\\n"},
    {sha256("3"), ""},
    {sha256("4"), "last"},
};

ProjectFiles opened(const TempProject& project) {
  auto files = ProjectFiles::open(project.folder());
  REQUIRE(files);
  REQUIRE(files->make_private_folder());
  return std::move(*files);
}

TEST_CASE("a log gives back the records that it was given") {
  const Records records = decode_log("test", as_bytes(encode_log("test", kRecords)));
  CHECK(records.good == kRecords);
  CHECK_FALSE(records.damaged);
}

TEST_CASE("a log cut at any byte gives back the whole records before the cut") {
  const std::string text = encode_log("test", kRecords);
  for (std::size_t size = 0; size < text.size(); ++size) {
    const Records records = decode_log("test", as_bytes(text.substr(0, size)));
    std::size_t whole = 0;
    std::string so_far = encode_log("test", {});
    for (const Record& record : kRecords) {
      so_far += encode_record("test", record);
      if (so_far.size() <= size) ++whole;
    }
    REQUIRE(records.good == std::vector<Record>(kRecords.begin(), kRecords.begin() + long(whole)));
  }
}

TEST_CASE("a flipped bit costs its own record only, or the line that it joins") {
  const std::string text = encode_log("test", kRecords);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string damaged = text;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const Records records = decode_log("test", as_bytes(damaged));
    for (const Record& record : records.good) {
      REQUIRE(std::ranges::find(kRecords, record) != kRecords.end());
    }
    // A lost line end joins two records.
    REQUIRE(records.good.size() + 2 >= kRecords.size());
    REQUIRE((records.damaged || records.good == kRecords));
  }
}

TEST_CASE("a record of another log does not count") {
  const Records records = decode_log("other", as_bytes(encode_log("test", kRecords)));
  CHECK(records.good.empty());
  CHECK(records.damaged);
}

TEST_CASE("append_to_log repairs a torn end and keeps what was whole") {
  const TempProject project;
  const ProjectFiles files = opened(project);
  CHECK(load_log(files, "test").good.empty());
  CHECK(append_to_log(files, "test", {kRecords[0]}) == 0);
  CHECK(append_to_log(files, "test", {kRecords[1]}) == 0);
  const std::string whole = project.get(".dgxp/test");
  project.put(".dgxp/test", whole + encode_record("test", kRecords[2]).substr(0, 30));
  CHECK(append_to_log(files, "test", {kRecords[3]}) == 0);
  const Records records = load_log(files, "test");
  CHECK(records.good == std::vector<Record>{kRecords[0], kRecords[1], kRecords[3]});
  CHECK(records.damaged);
}

}  // namespace
}  // namespace dgxp
