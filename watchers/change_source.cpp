#include "watchers/change_source.hpp"

#include <poll.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include "watchers/inotify_source.hpp"
#include "watchers/polling_source.hpp"

namespace dgxp {
namespace {

/// Their servers and other machines write without a word to this kernel (magic numbers of statfs).
bool is_on_network(const std::filesystem::path& folder) {
  constexpr std::array<std::uint32_t, 7> kTypes{0x6969,       // NFS
                                                0x517B,       // SMB
                                                0xFF534D42,   // CIFS
                                                0xFE534D42,   // SMB2
                                                0x01021997,   // 9P
                                                0x65735546,   // FUSE
                                                0x00C36400};  // Ceph
  struct statfs status{};
  if (::statfs(folder.empty() ? "." : folder.c_str(), &status) != 0) return false;
  return std::ranges::find(kTypes, static_cast<std::uint32_t>(status.f_type)) != kTypes.end();
}

OpenedSource polling(const std::filesystem::path& project, std::chrono::milliseconds interval,
                     std::string note) {
  return {
      .source = make_polling_source(project, interval), .name = "polling", .note = std::move(note)};
}

}  // namespace

OpenedSource open_change_source(const std::filesystem::path& project,
                                const SourceOptions& options) {
  if (options.poll) return polling(project, *options.poll, "");
  if (is_on_network(project)) {
    return polling(project, kPollInterval,
                   fmt::format("this file system does not tell of changes: files are looked at "
                               "every {} ms",
                               kPollInterval.count()));
  }
  auto source =
      options.open_events == nullptr ? open_inotify_source(project) : options.open_events(project);
  if (source) return {.source = std::move(*source), .name = "inotify", .note = ""};
  return polling(project, kPollInterval,
                 fmt::format("{}: files are looked at every {} ms ({})", source.error().message,
                             kPollInterval.count(), source.error().hint));
}

void wait_for_any(std::span<const int> descriptors,
                  std::optional<std::chrono::milliseconds> timeout) {
  std::vector<pollfd> sources;
  for (const int descriptor : descriptors)
    if (descriptor >= 0) sources.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
  if (sources.empty() && !timeout) return;
  const auto most = std::chrono::milliseconds(24 * 3600 * 1000);
  const int limit =
      timeout ? static_cast<int>(std::clamp(*timeout, std::chrono::milliseconds(0), most).count())
              : -1;
  ::poll(sources.data(), sources.size(), limit);
}

}  // namespace dgxp
