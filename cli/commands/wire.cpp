// What goes over the wire between clients and a worker: shown, recorded, and played again.
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/exit_status.hpp"
#include "cli/worker_link.hpp"
#include "core/store/os.hpp"
#include "core/worker/wire_tap.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kLargestRecording = 1U << 30U;

/// Prints records, and writes them to a file when there is one.
class RecordShow {
 public:
  explicit RecordShow(const Terminal& terminal) : terminal_(terminal) {}
  Result<Done> open(const std::string& path) {
    file_ = Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file_) return failure(path, errno);
    path_ = path;
    write(recording_head());
    return Done{};
  }
  void show(const WireRecord& record) {
    if (terminal_.json()) {
      const nlohmann::ordered_json line{{"ms", record.milliseconds},
                                        {"way", record.way == WireWay::request ? "request"
                                                : record.way == WireWay::reply ? "reply"
                                                                               : "update"},
                                        {"peer", record.peer},
                                        {"bytes", record.body.size()},
                                        {"message", describe_message(record.body)}};
      terminal_.data(line.dump() + "\n");
    } else {
      terminal_.line(describe_record(record));
    }
    // Whoever follows the output sees each message when it passes.
    static_cast<void>(terminal_.finish());
    if (file_) write(record_line(record));
  }
  /// What went wrong with the file.
  const std::optional<Error>& problem() const { return problem_; }

 private:
  static Error failure(const std::string& path, int code) {
    return {ErrorKind::storage, fmt::format("cannot write '{}': {}", path, errno_text(code))};
  }
  void write(const std::string& text) {
    const int code = write_all(file_.get(), as_bytes(text));
    if (code != 0 && !problem_) problem_ = failure(path_, code);
  }
  const Terminal& terminal_;
  Descriptor file_;
  std::string path_;
  std::optional<Error> problem_;
};

int after_stop(const Context& context, const Result<Done>& done, const RecordShow& show) {
  if (!done) return fail(context, done.error());
  if (show.problem()) return fail(context, *show.problem());
  return static_cast<int>(ExitStatus::interrupted);
}

}  // namespace

int run_wire_tap_command(const Context& context, const WireArguments& arguments) {
  const auto endpoint = find_worker(context, arguments.worker);
  if (!endpoint) return fail(context, endpoint.error());
  RecordShow show(*context.terminal);
  if (!arguments.record.empty()) {
    if (auto done = show.open(arguments.record); !done) return fail(context, done.error());
  }
  const auto done = tap_wire(
      arguments.listen, *endpoint, [&](const WireRecord& record) { show.show(record); },
      [&] {
        context.terminal->note(fmt::format("listening at {} for {}: use it as the --worker",
                                           arguments.listen, endpoint->address));
      },
      context.stop);
  return after_stop(context, done, show);
}

int run_wire_replay_command(const Context& context, const WireArguments& arguments) {
  auto text = read_plain_file(arguments.file, kLargestRecording);
  if (!text) return fail(context, text.error());
  auto records = parse_recording(*text);
  if (!records) {
    Error error = records.error();
    error.message = fmt::format("'{}': {}", arguments.file, error.message);
    return fail(context, error);
  }
  RecordShow show(*context.terminal);
  if (arguments.listen.empty()) {
    for (const WireRecord& record : *records) show.show(record);
    return 0;
  }
  WirePlayer player(*records);
  const auto done = play_wire(
      arguments.listen, player, [&](const WireRecord& record) { show.show(record); },
      [&] {
        context.terminal->note(
            fmt::format("playing {} messages at {}", records->size(), arguments.listen));
      },
      context.stop);
  return after_stop(context, done, show);
}

}  // namespace dgxp
