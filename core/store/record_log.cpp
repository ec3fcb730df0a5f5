#include "core/store/record_log.hpp"

#include <charconv>
#include <memory>
#include <optional>

#include <fcntl.h>

#include <fmt/format.h>

#include "core/store/checksum.hpp"

namespace dgxp {
namespace {

constexpr std::size_t kMaxLogBytes = std::size_t{256} << 20;
constexpr std::size_t kChecksumDigits = 16;
constexpr std::size_t kDigestDigits = 64;

std::string head_line(std::string_view name) {
  return fmt::format("dgxp-{} 1\n", name);
}

std::uint64_t line_checksum(std::string_view name, std::string_view line) {
  return checksum_of(as_bytes(line), checksum_of(as_bytes(head_line(name))));
}

/// A line end inside a text would tear its record in two.
std::string escape(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char letter : text) {
    if (letter == '\\') {
      escaped += "\\\\";
    } else if (letter == '\n') {
      escaped += "\\n";
    } else {
      escaped += letter;
    }
  }
  return escaped;
}

std::string unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && i + 1 < text.size();
    if (escaped) ++i;
    plain += escaped && text[i] == 'n' ? '\n' : text[i];
  }
  return plain;
}

std::optional<Record> decode_record(std::string_view name, std::string_view line) {
  constexpr std::size_t kTextStart = kChecksumDigits + 1 + kDigestDigits + 1;
  if (line.size() < kTextStart) return std::nullopt;
  std::uint64_t checksum = 0;
  const char* const end = std::to_address(line.begin() + kChecksumDigits);
  if (std::from_chars(std::to_address(line.begin()), end, checksum, 16).ptr != end) {
    return std::nullopt;
  }
  const std::string_view body = line.substr(kChecksumDigits + 1);
  if (checksum != line_checksum(name, body)) return std::nullopt;
  const auto digest = Digest::parse(body.substr(0, kDigestDigits));
  if (!digest) return std::nullopt;
  return Record{*digest, unescape(line.substr(kTextStart))};
}

std::string log_path(std::string_view name) {
  return fmt::format(".dgxp/{}", name);
}

/// What has to stand before the next record: the head of a new log, or the line end that a process
/// killed in the middle of an append left out.
std::string start_of_append(std::string_view name, int file, off_t size) {
  if (size == 0) return head_line(name);
  char last = 0;
  const bool whole = ::pread(file, &last, 1, size - 1) == 1 && last == '\n';
  return whole ? "" : "\n";
}

}  // namespace

std::string encode_record(std::string_view name, const Record& record) {
  const std::string body = record.digest.hex() + " " + escape(record.text);
  return fmt::format("{:016x} {}\n", line_checksum(name, body), body);
}

std::string encode_log(std::string_view name, const std::vector<Record>& records) {
  std::string text = head_line(name);
  for (const Record& record : records) text += encode_record(name, record);
  return text;
}

Records decode_log(std::string_view name, ByteView content) {
  Records records;
  std::string_view rest = as_text(content);
  const std::string head = head_line(name);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    // Without its line end the last record may be cut short in its text.
    auto record = end == std::string_view::npos ? std::nullopt : decode_record(name, line);
    if (record) {
      records.good.push_back(*std::move(record));
    } else if (line != std::string_view(head).substr(0, head.size() - 1)) {
      records.damaged = true;
    }
  }
  return records;
}

Bytes read_log(const ProjectFiles& files, std::string_view name) {
  return files.read_cached(log_path(name), kMaxLogBytes).value_or(Bytes());
}

Records load_log(const ProjectFiles& files, std::string_view name) {
  return decode_log(name, read_log(files, name));
}

int append_to_log(const ProjectFiles& files, std::string_view name,
                  const std::vector<Record>& records) {
  auto file =
      open_beneath(files.root(), log_path(name), O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK, 0666);
  if (!file) return file.error();
  struct stat status{};
  if (::fstat(file->get(), &status) != 0) return errno;
  if (!S_ISREG(status.st_mode)) return kNotRegularFile;
  std::string text = start_of_append(name, file->get(), status.st_size);
  for (const Record& record : records) text += encode_record(name, record);
  // One write, so that a kill leaves at most one torn line.
  const int written = write_all(file->get(), as_bytes(text));
  const int closed = file->close();
  return written != 0 ? written : closed;
}

}  // namespace dgxp
