#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "core/image/checksum.hpp"
#include "tests/e2e/small_project.hpp"

using namespace dgxp;

namespace {

void put_u32(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
}

/// 44 bytes that announce `side` x `side` pixels and the first bytes of a compressed stream.
Bytes png_bomb(std::uint32_t side) {
  Bytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
  put_u32(png, side);
  put_u32(png, side);
  png.insert(png.end(), {8, 6, 0, 0, 0});
  put_u32(png, crc32(ByteView(png).subspan(12)));
  png.insert(png.end(), {0, 0, 0, 1, 'I', 'D', 'A', 'T', 0x78, 0, 0});
  return png;
}

void put_chunk(Bytes& png, std::string_view type, ByteView content) {
  const std::size_t start = png.size() + 4;
  put_u32(png, static_cast<std::uint32_t>(content.size()));
  png.insert(png.end(), type.begin(), type.end());
  png.insert(png.end(), content.begin(), content.end());
  put_u32(png, crc32(ByteView(png).subspan(start)));
}

/// Whole chunks, and no data for any of `side` x `side` pixels.
Bytes hollow_png(std::uint32_t side, int depth, int type, int interlace) {
  Bytes header;
  put_u32(header, side);
  put_u32(header, side);
  for (const int value : {depth, type, 0, 0, interlace})
    header.push_back(static_cast<std::uint8_t>(value));
  Bytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  put_chunk(png, "IHDR", header);
  put_chunk(png, "IDAT", {});
  put_chunk(png, "IEND", {});
  return png;
}

struct Run {
  int status = -1;
  long peak_kilobytes = 0;  ///< not below what this process has when it forks
};

Run run_measured(const std::string& folder, const std::string& picture) {
  const pid_t child = fork();
  if (child == 0) {
    if (chdir(folder.c_str()) != 0 || freopen("/dev/null", "w", stderr) == nullptr) _exit(127);
    const std::array<const char*, 7> arguments{
        "dgxp", "recolor", picture.c_str(), "-o", "out.png", "--map=#000000=#ffffff", nullptr};
    execv(DGXP_BINARY, const_cast<char* const*>(arguments.data()));
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  REQUIRE(wait4(child, &status, 0, &usage) == child);
  return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          .peak_kilobytes = usage.ru_maxrss};
}

}  // namespace

TEST_CASE("a PNG bomb of 44 bytes costs less than 15 MB") {
  const TempProject folder;
  for (const std::uint32_t side : {4096U, 16384U, 0x7FFFFFFFU}) {
    const Bytes bomb = png_bomb(side);
    REQUIRE(bomb.size() == 44);
    folder.put("bomb.png", std::string(as_text(bomb)));
    const Run run = run_measured(folder.folder().string(), "bomb.png");
    CHECK(run.status == 65);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    CHECK(run.peak_kilobytes < 15 * 1024);
#endif
  }
}

TEST_CASE("a PNG without data for its pixels costs less than 15 MB in every form") {
  const TempProject folder;
  for (const int depth : {8, 16}) {
    for (const int type : {0, 2, 6}) {
      for (const int interlace : {0, 1}) {
        CAPTURE(depth);
        CAPTURE(type);
        CAPTURE(interlace);
        folder.put("bomb.png", std::string(as_text(hollow_png(4096, depth, type, interlace))));
        const Run run = run_measured(folder.folder().string(), "bomb.png");
        CHECK(run.status == 65);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        CHECK(run.peak_kilobytes < 15 * 1024);
#endif
      }
    }
  }
}
