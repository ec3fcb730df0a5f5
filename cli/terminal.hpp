#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/diagnostic.hpp"
#include "core/base/result.hpp"

namespace dgxp {

enum class ColorMode { automatic, always, never };
enum class Verbosity { quiet, normal, verbose };

struct TerminalOptions {
  bool json = false;  ///< stdout carries one JSON document and nothing else
  Verbosity verbosity = Verbosity::normal;
  ColorMode color = ColorMode::automatic;
};

/// Where people read: data and results go to stdout, everything else to stderr. Texts that came
/// from outside are escaped here.
class Terminal {
 public:
  explicit Terminal(TerminalOptions options);

  bool json() const { return options_.json; }
  bool verbose() const { return options_.verbosity == Verbosity::verbose; }

  /// Data, to stdout, as it is.
  void data(std::string_view text) const;
  /// A line about what was done: stdout, but not with --json or --quiet.
  void line(std::string_view text) const;
  void note(std::string_view text) const;     ///< stderr "note: ...", not with --quiet
  void warning(std::string_view text) const;  ///< stderr "warning: ..."
  void error(const Error& error) const;
  /// Formatted diagnostics (at most 24 lines), and GitHub annotations in Actions.
  void diagnostics(const std::vector<Diagnostic>& diagnostics) const;
  /// All diagnostics shown so far, for the document of --json.
  const std::vector<Diagnostic>& shown_diagnostics() const { return shown_; }
  /// All errors so far that are not diagnostics of a file.
  const std::vector<Error>& shown_errors() const { return errors_; }
  /// For what goes on for hours: those that were shown are told and done with.
  void forget_diagnostics() const {
    shown_.clear();
    errors_.clear();
  }
  /// Replaces the line at the bottom of a terminal; nothing elsewhere. "" removes it.
  void progress(std::string_view text) const;
  /// A line for programs that watch, to stderr, as it is.
  void event(std::string_view text) const;
  bool shows_progress() const { return shows_progress_; }

  /// Flushes stdout. False when not everything could be written.
  bool finish() const;

 private:
  void message(std::string_view kind, const char* style, std::string_view text) const;
  void clear_progress() const;

  TerminalOptions options_;
  bool colored_ = false;
  bool shows_progress_ = false;
  bool in_actions_ = false;
  mutable bool progress_visible_ = false;
  mutable std::vector<Diagnostic> shown_;
  mutable std::vector<Error> errors_;
};

}  // namespace dgxp
