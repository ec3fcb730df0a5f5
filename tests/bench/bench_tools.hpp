#pragma once

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/image/image.hpp"
#include "core/image/png_codec.hpp"

namespace dgxp::bench {

/// CPU seconds of this process, all threads.
inline double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// The median CPU seconds of `runs` calls.
template <typename Work>
double median_cpu(int runs, Work work) {
  std::vector<double> seconds;
  for (int run = 0; run < runs; ++run) {
    const double start = cpu_seconds();
    work();
    seconds.push_back(cpu_seconds() - start);
  }
  return median(std::move(seconds));
}

inline Bytes read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_bytes(const std::filesystem::path& path, ByteView bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

/// Output of a shell command without its last line break, or nothing when it failed.
inline std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  if (pclose(pipe) != 0) return {};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

/// A folder of its own below the system's temporary one, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dgxp-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct NamedImage {
  std::string path;
  Image image;
};

/// Every `step`th sprite below the folder that DGXP_BENCH_SPRITES names, in byte order of the
/// paths; the masters of the example when it is not set, and says so.
inline std::vector<NamedImage> bench_sprites(std::size_t step = 1) {
  const char* asked = std::getenv("DGXP_BENCH_SPRITES");
  const std::string folder =
      asked != nullptr ? asked : DGXP_SOURCE_DIR "/examples/bevy_project/art";
  if (asked == nullptr) {
    std::printf("DGXP_BENCH_SPRITES names no folder of sprites: the masters of the example\n");
    step = 1;
  }
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".png") paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  std::vector<NamedImage> sprites;
  for (std::size_t i = 0; i < paths.size(); i += step) {
    auto image = decode_png(read_bytes(paths[i]));
    if (image) sprites.push_back({paths[i], std::move(*image)});
  }
  return sprites;
}

}  // namespace dgxp::bench
