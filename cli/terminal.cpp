#include "cli/terminal.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "manifests/load_manifest.hpp"

namespace dgxp {
namespace {

constexpr const char* kBold = "\x1b[1m";
constexpr const char* kRed = "\x1b[1;31m";
constexpr const char* kYellow = "\x1b[1;33m";
constexpr const char* kCyan = "\x1b[36m";
constexpr const char* kReset = "\x1b[0m";

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool wants_color(ColorMode mode) {
  if (mode != ColorMode::automatic) return mode == ColorMode::always;
  return !is_set("NO_COLOR") && isatty(STDERR_FILENO) != 0;
}

void write_to(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
}

/// The data of a GitHub workflow command: these characters would end it.
std::string annotation_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '%':
        safe += "%25";
        break;
      case '\r':
        safe += "%0D";
        break;
      case '\n':
        safe += "%0A";
        break;
      case ':':
        safe += "%3A";
        break;
      case ',':
        safe += "%2C";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

/// A message may bring a quoted line and a caret: its line ends stay.
std::string escape_lines(std::string_view text) {
  std::string safe;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    safe += escape_for_terminal(text.substr(0, end)) + "\n";
    text.remove_prefix(end + 1);
  }
  return safe + escape_for_terminal(text);
}

std::string annotation(const Diagnostic& diagnostic) {
  return fmt::format("::{} file={},line={},col={}::{}\n",
                     diagnostic.severity == Severity::error ? "error" : "warning",
                     annotation_text(diagnostic.file), diagnostic.place.line,
                     diagnostic.place.column,
                     annotation_text(escape_for_terminal(diagnostic.message)));
}

}  // namespace

Terminal::Terminal(TerminalOptions options)
    : options_(options),
      colored_(wants_color(options.color)),
      shows_progress_(!options.json && options.verbosity != Verbosity::quiet &&
                      isatty(STDERR_FILENO) != 0),
      in_actions_(is_set("GITHUB_ACTIONS")) {}

void Terminal::data(std::string_view text) const {
  clear_progress();
  write_to(stdout, text);
}

void Terminal::line(std::string_view text) const {
  if (options_.json || options_.verbosity == Verbosity::quiet) return;
  data(escape_for_terminal(text) + "\n");
}

void Terminal::note(std::string_view text) const {
  if (options_.verbosity != Verbosity::quiet) message("note", kBold, text);
}

void Terminal::warning(std::string_view text) const {
  message("warning", kYellow, text);
}

void Terminal::error(const Error& error) const {
  errors_.push_back(error);
  message("error", kRed, error.message);
  if (!error.hint.empty()) message("hint", kCyan, error.hint);
}

void Terminal::diagnostics(const std::vector<Diagnostic>& diagnostics) const {
  if (diagnostics.empty()) return;
  shown_.insert(shown_.end(), diagnostics.begin(), diagnostics.end());
  clear_progress();
  write_to(stderr, format_diagnostics(diagnostics));
  if (!in_actions_) return;
  for (const Diagnostic& diagnostic : diagnostics) write_to(stderr, annotation(diagnostic));
}

void Terminal::message(std::string_view kind, const char* style, std::string_view text) const {
  clear_progress();
  const std::string safe = escape_lines(text);
  write_to(stderr, colored_ ? fmt::format("{}{}:{} {}\n", style, kind, kReset, safe)
                            : fmt::format("{}: {}\n", kind, safe));
}

void Terminal::progress(std::string_view text) const {
  if (!shows_progress_) return;
  clear_progress();
  if (text.empty()) return;
  write_to(stderr, escape_for_terminal(text));
  std::fflush(stderr);
  progress_visible_ = true;
}

void Terminal::event(std::string_view text) const {
  clear_progress();
  write_to(stderr, std::string(text) + "\n");
  std::fflush(stderr);
}

void Terminal::clear_progress() const {
  if (!progress_visible_) return;
  write_to(stderr, "\r\x1b[K");
  progress_visible_ = false;
}

bool Terminal::finish() const {
  clear_progress();
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

}  // namespace dgxp
