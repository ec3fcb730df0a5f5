// CPU to decode PNG files, each as often as the others and in turns, so that none is in the caches
// when its turn comes: those that are named (raw images of a project, too), else a noisy one of the
// size of a raw image.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "bench_tools.hpp"

using namespace dgxp;

namespace {

constexpr int kRounds = 15;

/// From the signature on: what stands before it is the head of a raw image in the store.
Bytes png_in(const std::string& path) {
  constexpr std::array<std::uint8_t, 4> kSignature{0x89, 'P', 'N', 'G'};
  Bytes bytes = bench::read_bytes(path);
  const auto begin = std::ranges::search(bytes, kSignature).begin();
  bytes.erase(bytes.begin(), begin);
  return bytes;
}

Bytes noisy_png() {
  Image image({512, 512});
  std::uint32_t state = 1;
  for (Rgba& pixel : image.pixels) {
    state = state * 1664525U + 1013904223U;
    const auto shade = static_cast<std::uint8_t>(state >> 28U);
    pixel = {static_cast<std::uint8_t>(60 + shade), static_cast<std::uint8_t>(90 + shade), 40, 255};
  }
  return encode_png(image, PngEffort::fast);
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<Bytes> files;
  for (int i = 1; i < count; ++i) files.push_back(png_in(arguments[i]));
  if (files.empty()) files.push_back(noisy_png());
  std::vector<double> seconds;
  for (int round = 0; round < kRounds; ++round) {
    for (const Bytes& png : files) {
      const double start = bench::cpu_seconds();
      const auto image = decode_png(png, {.max_size = {4096, 4096}, .max_bytes = 64U << 20U});
      seconds.push_back(bench::cpu_seconds() - start);
      if (!image) return 1;
    }
  }
  std::printf("%.2f ms to decode one of %zu pictures (median)\n", bench::median(seconds) * 1000,
              files.size());
}
