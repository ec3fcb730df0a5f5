#include "core/backends/comfy_journal.hpp"

#include <fstream>

#include "comfy_test_support.hpp"

using namespace dgxp;

namespace {

ComfyJournalEntry make_entry(std::string job, std::string prompt) {
  return {.job = std::move(job),
          .request = "r",
          .prompt = std::move(prompt),
          .posted = 5,
          .outputs = {{.name = "sprite", .node = "9", .count = 2, .websocket = true}}};
}

std::unique_ptr<ComfyJournal> open_journal(const TestFolder& folder) {
  auto journal = ComfyJournal::open(folder.path(), "http://a");
  REQUIRE(journal);
  return *std::move(journal);
}

std::string prompt_of(const ComfyJournal& journal, const std::string& job) {
  const auto entry = journal.find(job);
  return entry ? entry->prompt : "";
}

/// The file that was written last.
std::filesystem::path current_file(const TestFolder& folder) {
  std::filesystem::path newest;
  std::string most;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    std::ifstream in(entry.path());
    std::string header;
    std::getline(in, header);
    if (header.size() > most.size() || (header.size() == most.size() && header > most)) {
      most = header;
      newest = entry.path();
    }
  }
  return newest;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

}  // namespace

TEST_CASE("R36: a journal knows after a restart what was on the server") {
  const TestFolder folder;
  {
    const auto journal = open_journal(folder);
    REQUIRE(journal->begin(make_entry("a", "p1")));
    REQUIRE(journal->begin(make_entry("b", "p2")));
    REQUIRE(journal->begin(make_entry("c", "p3")));
    journal->finish("a", "p1", "abc");
    journal->drop("b", "p2");
    journal->drop("c", "another prompt");
  }
  for (int i = 0; i < 3; ++i) {
    const auto journal = open_journal(folder);
    const auto entry = journal->find("a");
    REQUIRE(entry);
    CHECK(entry->prompt == "p1");
    CHECK(entry->request == "r");
    CHECK(entry->pixels == "abc");
    CHECK(entry->posted == 5);
    CHECK(entry->outputs == make_entry("a", "p1").outputs);
    CHECK(prompt_of(*journal, "b") == "");
    CHECK(prompt_of(*journal, "c") == "p3");
  }
}

TEST_CASE("A journal is one worker's, and each server has its own") {
  const TestFolder folder;
  const auto first = open_journal(folder);
  const auto second = ComfyJournal::open(folder.path(), "http://a");
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::storage);
  CHECK(ComfyJournal::open(folder.path(), "http://b"));
}

TEST_CASE("A journal that is cut anywhere opens with what was whole, one that is broken anew") {
  const TestFolder folder;
  {
    const auto journal = open_journal(folder);
    REQUIRE(journal->begin(make_entry("a", "p1")));
    REQUIRE(journal->begin(make_entry("b", "p2")));
  }
  const auto file = current_file(folder);
  const std::string text = read_file(file);
  const auto first = text.find("\"p1\"");
  const auto end_of_first = text.find('\n', first) + 1;
  REQUIRE(first != std::string::npos);
  for (std::size_t size = 0; size <= text.size(); ++size) {
    // Each opening waits for the disk, so only the places near an end of a line are all tried.
    const auto line_end = text.find('\n', size);
    const bool is_near = size + 3 > line_end || size + 3 > text.size() || size == end_of_first;
    if (!is_near && size % 16 != 0) continue;
    const TestFolder copy;
    write_file(copy.path() / file.filename(), text.substr(0, size));
    const auto journal = open_journal(copy);
    CHECK(prompt_of(*journal, "a") == (size >= end_of_first ? "p1" : ""));
    CHECK(prompt_of(*journal, "b") == (size == text.size() ? "p2" : ""));
  }
  for (std::size_t at = 0; at < text.size(); at += 11) {
    const TestFolder copy;
    std::string broken = text;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    write_file(copy.path() / file.filename(), broken);
    const auto journal = open_journal(copy);
    const std::string a = prompt_of(*journal, "a");
    const std::string b = prompt_of(*journal, "b");
    CHECK((a == "" || a == "p1"));
    CHECK((b == "" || b == "p2"));
    REQUIRE(journal->begin(make_entry("c", "p3")));
  }
}

TEST_CASE("A journal forgets the oldest first") {
  ComfyJournal journal;
  for (int i = 0; i < 1200; ++i) {
    const std::string id = std::to_string(i);
    REQUIRE(journal.begin(make_entry("job-" + id, "p" + id)));
  }
  CHECK(prompt_of(journal, "job-199") == "");
  CHECK(prompt_of(journal, "job-200") == "p200");
  CHECK(prompt_of(journal, "job-1199") == "p1199");
}

TEST_CASE("A journal stays small on the disk, and loses nothing when it is written anew") {
  const TestFolder folder;
  {
    const auto journal = open_journal(folder);
    REQUIRE(journal->begin(make_entry("first", "p0")));
    ComfyJournalEntry entry = make_entry("job", "p1");
    REQUIRE(journal->begin(entry));
    for (int i = 0; i < 5000; ++i) journal->finish("job", "p1", std::string(500, 'd'));
    REQUIRE(journal->begin(make_entry("last", "p2")));
  }
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    bytes += entry.file_size();
  }
  CHECK(bytes < 2500U << 10U);
  const auto journal = open_journal(folder);
  CHECK(prompt_of(*journal, "first") == "p0");
  CHECK(prompt_of(*journal, "last") == "p2");
}
