#pragma once

#include <map>
#include <set>
#include <string>

namespace dgxp {

/// Which names in which folders are of interest: the last part of each file, and each folder on the
/// way to it. Folders are relative to the project, "" for itself.
using WatchedNames = std::map<std::string, std::set<std::string>>;

/// `paths` are relative, '/' between parts, without "." and "..".
WatchedNames watched_names(const std::set<std::string>& paths);

}  // namespace dgxp
