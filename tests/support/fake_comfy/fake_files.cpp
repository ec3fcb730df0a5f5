#include "tests/support/fake_comfy/fake_files.hpp"

#include <fmt/format.h>

namespace dgxp {

namespace {

std::string joined(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

/// The variables that SaveImage fills in, on a day that never changes.
std::string without_variables(std::string text) {
  const std::pair<const char*, const char*> days[] = {{"%year%", "2026"}, {"%month%", "01"},
                                                      {"%day%", "02"},    {"%hour%", "03"},
                                                      {"%minute%", "04"}, {"%second%", "05"}};
  for (const auto& [name, value] : days) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name)) {
      text.replace(at, std::string_view(name).size(), value);
    }
  }
  return text;
}

}  // namespace

FakeJson FakeFiles::save(const std::string& type, const std::string& prefix, std::string content) {
  const std::scoped_lock lock(mutex_);
  const auto filled = without_variables(prefix);
  const auto slash = filled.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : filled.substr(0, slash);
  const std::string stem = slash == std::string::npos ? filled : filled.substr(slash + 1);
  for (int number = 1;; ++number) {
    const auto name = fmt::format("{}_{:05}_.png", stem, number);
    auto& file = files_[type + "/" + joined(folder, name)];
    if (!file.empty()) continue;
    file = std::move(content);
    return {{"filename", name}, {"subfolder", folder}, {"type", type}};
  }
}

FakeJson FakeFiles::upload(const std::string& name, const std::string& subfolder,
                           const std::string& type, std::string content, bool overwrite) {
  const std::scoped_lock lock(mutex_);
  const auto dot = name.rfind('.');
  std::string chosen = name;
  for (int number = 1;; ++number) {
    const auto found = files_.find(type + "/" + joined(subfolder, chosen));
    if (found == files_.end() || overwrite || found->second == content) break;
    chosen = fmt::format("{} ({}){}", name.substr(0, dot), number,
                         dot == std::string::npos ? "" : name.substr(dot));
  }
  files_[type + "/" + joined(subfolder, chosen)] = std::move(content);
  return {{"name", chosen}, {"subfolder", subfolder}, {"type", type}};
}

std::optional<std::string> FakeFiles::read(const std::string& type, const std::string& path) const {
  const std::scoped_lock lock(mutex_);
  const auto found = files_.find(type + "/" + path);
  if (found == files_.end()) return std::nullopt;
  return found->second;
}

void FakeFiles::erase(const std::string& type, const std::string& path) {
  const std::scoped_lock lock(mutex_);
  files_.erase(type + "/" + path);
}

std::vector<std::string> FakeFiles::inputs() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [path, content] : files_) {
    if (path.starts_with("input/")) names.push_back(path.substr(6));
  }
  return names;
}

}  // namespace dgxp
