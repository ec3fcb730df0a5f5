#include "core/store/build_stamp.hpp"

#include <ctime>
#include <thread>

#include "core/store/stamp_file.hpp"
#include "temp_project.hpp"

namespace dgxp {
namespace {

using namespace std::chrono_literals;

const Digest kQuestion = sha256("question");

struct StampedProject : TempProject {
  StampedProject() {
    put("assets.yaml", "manifest");
    put("palettes/a.gpl", "palette");
    put("art/hero.png", "master");
    stamp();
  }
  void stamp() const {
    const auto written = write_stamp(folder(), {kQuestion,
                                                {"assets.yaml", "palettes/a.gpl", "art/hero.png",
                                                 "assets.lock", "missing/folder/file"}});
    REQUIRE_MESSAGE(written, said(written));
  }
  bool current() const { return is_up_to_date(folder(), kQuestion); }
  void set_times(const std::string& path, const timespec& time) const {
    const timespec times[2] = {time, time};
    REQUIRE(::utimensat(AT_FDCWD, at(path).c_str(), times, 0) == 0);
  }
};

TEST_CASE("a project is up to date after its stamp, for the same question only") {
  const StampedProject project;
  CHECK(project.current());
  CHECK_FALSE(is_up_to_date(project.folder(), sha256("another question")));
  CHECK_FALSE(is_up_to_date("no/such/folder", kQuestion));
}

TEST_CASE("without a stamp nothing is up to date") {
  const StampedProject project;
  remove_stamp(project.folder());
  CHECK_FALSE(project.current());
  remove_stamp(project.folder());
  remove_stamp("no/such/folder");
}

TEST_CASE("another content is noticed, whatever its size and times say") {
  const StampedProject project;
  const timespec modified = project.status("palettes/a.gpl").st_mtim;
  SUBCASE("another size") {
    project.put("palettes/a.gpl", "longer palette");
  }
  SUBCASE("the same size") {
    project.put("palettes/a.gpl", "PALETTE");
  }
  SUBCASE("the same size and the time restored") {
    project.put("palettes/a.gpl", "PALETTE");
    project.set_times("palettes/a.gpl", modified);
  }
  SUBCASE("the same size, replaced by a rename, the time restored") {
    project.put("new", "PALETTE");
    project.set_times("new", modified);
    std::filesystem::rename(project.at("new"), project.at("palettes/a.gpl"));
  }
  SUBCASE("the time in the past") {
    project.put("palettes/a.gpl", "PALETTE");
    project.set_times("palettes/a.gpl", {1000, 0});
  }
  SUBCASE("the time in the future") {
    project.put("palettes/a.gpl", "PALETTE");
    project.set_times("palettes/a.gpl", {modified.tv_sec + 100000, 0});
  }
  SUBCASE("gone") {
    std::filesystem::remove(project.at("palettes/a.gpl"));
  }
  SUBCASE("its folder gone") {
    std::filesystem::remove_all(project.at("palettes"));
  }
  SUBCASE("a folder in its place") {
    std::filesystem::remove(project.at("palettes/a.gpl"));
    std::filesystem::create_directory(project.at("palettes/a.gpl"));
  }
  SUBCASE("a link to the same content in its place") {
    std::filesystem::rename(project.at("palettes/a.gpl"), project.at("palettes/b.gpl"));
    std::filesystem::create_symlink("b.gpl", project.at("palettes/a.gpl"));
  }
  SUBCASE("a file where there was none") {
    project.put("assets.lock", "");
  }
  SUBCASE("a file where there was not even a folder") {
    project.put("missing/folder/file", "");
  }
  CHECK_FALSE(project.current());
}

TEST_CASE("the same content is up to date, whatever its times say") {
  const StampedProject project;
  SUBCASE("touched") {
    project.set_times("art/hero.png", {2000000000, 5});
  }
  SUBCASE("written again") {
    project.put("art/hero.png", "master");
  }
  SUBCASE("changed and changed back") {
    project.put("art/hero.png", "retsam");
    project.put("art/hero.png", "master");
  }
  SUBCASE("replaced by a copy") {
    project.put("copy", "master");
    std::filesystem::rename(project.at("copy"), project.at("art/hero.png"));
  }
  SUBCASE("other permissions") {
    ::chmod(project.at("art/hero.png").c_str(), 0600);
  }
  SUBCASE("an empty folder where there was none") {
    std::filesystem::create_directories(project.at("missing/folder"));
  }
  SUBCASE("a file that was not asked about") {
    project.put("art/other.png", "x");
  }
  CHECK(project.current());
}

TEST_CASE("changes right after the stamp are noticed although the clock has not ticked") {
  const TempProject project;
  for (int i = 0; i < 20; ++i) {
    project.put("file", "aaaa");
    REQUIRE(write_stamp(project.folder(), {kQuestion, {"file"}}));
    project.put("file", "bbbb");
    REQUIRE_FALSE(is_up_to_date(project.folder(), kQuestion));
  }
}

std::int64_t to_ns(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

TEST_CASE("a file that changed within a tick of the stamp is read, an older one is not") {
  const TempProject project;
  project.put("file", "new content");
  const auto status = project.status("file");
  const std::int64_t newest = std::max(to_ns(status.st_mtim), to_ns(status.st_ctim));
  // As if the file had been digested and then changed without getting another time.
  const auto stamp_at = [&](std::int64_t time_ns) {
    const FileMark mark = {static_cast<std::uint64_t>(status.st_size), status.st_ino,
                           to_ns(status.st_mtim), to_ns(status.st_ctim)};
    const Bytes stamp =
        encode_stamp({kQuestion,
                      time_ns,
                      {{"", {{"file", StampEntry::Kind::present, mark, sha256("old content")}}}}});
    project.put(".dgxp/stamp", std::string(as_text(stamp)));
    return is_up_to_date(project.folder(), kQuestion);
  };
  CHECK_FALSE(stamp_at(newest - 1'000'000'000));
  CHECK_FALSE(stamp_at(newest));
  CHECK_FALSE(stamp_at(newest + 19'000'000));
  CHECK(stamp_at(newest + 21'000'000));
}

TEST_CASE("write_stamp lets the tick pass, so that no file need be read later") {
  const TempProject project;
  project.put("file", "x");
  REQUIRE(write_stamp(project.folder(), {kQuestion, {"file"}}));
  const auto stamp = decode_stamp(as_bytes(project.get(".dgxp/stamp")));
  REQUIRE(stamp);
  CHECK(stamp->time_ns > to_ns(project.status("file").st_ctim) + 20'000'000);
}

TEST_CASE("ten thousand files are looked at in a moment") {
  const TempProject project(fast_folder());
  StampInput input{kQuestion, {}};
  for (int i = 0; i < 10000; ++i) {
    input.paths.push_back("art/" + std::to_string(i / 200) + "/" + std::to_string(i));
  }
  for (const std::string& path : input.paths) project.put(path, path);
  REQUIRE(write_stamp(project.folder(), input));
  const std::clock_t start = std::clock();
  REQUIRE(is_up_to_date(project.folder(), kQuestion));
  const double milliseconds = 1000.0 * double(std::clock() - start) / CLOCKS_PER_SEC;
  MESSAGE("is_up_to_date over 10,000 files: " << milliseconds << " ms CPU");
  // About 13 ms; ten times that would mean that files are read.
  CHECK(milliseconds < 130);
}

TEST_CASE("is_up_to_date writes nothing") {
  const StampedProject project;
  const auto before = project.status(".dgxp");
  const auto stamp = project.status(".dgxp/stamp");
  CHECK(project.current());
  CHECK(same_file_state(before, project.status(".dgxp")));
  CHECK(same_file_state(stamp, project.status(".dgxp/stamp")));
}

TEST_CASE("a damaged stamp is no stamp, and no danger") {
  const StampedProject project;
  const std::string stamp = project.get(".dgxp/stamp");
  for (std::size_t size = 0; size < stamp.size(); ++size) {
    REQUIRE_FALSE(decode_stamp(as_bytes(std::string_view(stamp).substr(0, size))));
  }
  for (std::size_t bit = 0; bit < stamp.size() * 8; ++bit) {
    std::string damaged = stamp;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    REQUIRE_FALSE(decode_stamp(as_bytes(damaged)));
  }
  project.put(".dgxp/stamp", stamp.substr(0, stamp.size() / 2));
  CHECK_FALSE(project.current());
  project.put(".dgxp/stamp", stamp);
  CHECK(project.current());
}

TEST_CASE("a stamp comes back as it was written") {
  const Stamp stamp{sha256("q"),
                    -5,
                    {{"", {{"a", StampEntry::Kind::absent}, {"b", StampEntry::Kind::changed}}},
                     {"f/g", {{"c", StampEntry::Kind::present, {1, 2, -3, 4}, sha256("c")}}}}};
  CHECK(decode_stamp(encode_stamp(stamp)) == stamp);
}

TEST_CASE("a file saved while the build ran is not taken for built") {
  const StampedProject project;
  std::this_thread::sleep_for(30ms);
  const auto began = std::chrono::system_clock::now();
  const auto stamp_with = [&](std::map<std::string, Digest> known) {
    const auto written = write_stamp(
        project.folder(), {kQuestion, {"assets.yaml", "palettes/a.gpl"}, std::move(known), began});
    REQUIRE(written);
  };
  SUBCASE("its digest is known: what it held is what counts") {
    project.put("palettes/a.gpl", "PALETTE");
    stamp_with({{"palettes/a.gpl", sha256("palette")}});
    CHECK_FALSE(project.current());
  }
  SUBCASE("its digest is not known: it may have held anything") {
    project.put("palettes/a.gpl", "PALETTE");
    stamp_with({});
    CHECK_FALSE(project.current());
  }
  SUBCASE("an output of the build, with the digest that it was given") {
    project.put("palettes/a.gpl", "PALETTE");
    stamp_with({{"palettes/a.gpl", sha256("PALETTE")}});
    CHECK(project.current());
  }
  SUBCASE("a file that appeared after it was looked for") {
    project.put("assets.lock", "new");
    stamp_with({{"assets.lock", Digest{}}});
    CHECK_FALSE(project.current());
  }
  SUBCASE("nothing was saved") {
    stamp_with({{"./palettes//a.gpl", sha256("palette")}, {"assets.lock", Digest{}}});
    CHECK(project.current());
  }
}

TEST_CASE("write_stamp refuses paths that lead out") {
  const TempProject project;
  CHECK(said(write_stamp(project.folder(), {kQuestion, {"../x"}})) ==
        "cannot note '../x': it is not a path inside the project's folder");
}

}  // namespace
}  // namespace dgxp
