#include "core/service/metrics_text.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>

namespace dgxp {
namespace {

constexpr std::array kQuantiles{0.5, 0.95, 0.99};
constexpr double kBytesOfMegabyte = 1 << 20;

std::string label_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\' || c == '"') safe += '\\';
    safe += c == '\n' ? ' ' : c;
  }
  return safe;
}

/// Writes one family of metrics after the other.
class MetricsWriter {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
  }
  void sample(std::string_view labels, double value) {
    text_ += fmt::format("{}{} {}\n", name_, in_braces(labels), value);
  }
  void single(std::string_view name, std::string_view type, std::string_view help, double value) {
    family(name, type, help);
    sample("", value);
  }
  /// All samples of one histogram; `labels` may be empty.
  void histogram(std::string_view labels, const Histogram::Snapshot& shot) {
    const std::string more = labels.empty() ? "" : fmt::format("{},", labels);
    for (std::size_t i = 0; i < shot.bounds.size(); ++i) {
      text_ += fmt::format("{}_bucket{{{}le=\"{}\"}} {}\n", name_, more, shot.bounds[i],
                           shot.cumulative[i]);
    }
    text_ += fmt::format("{}_bucket{{{}le=\"+Inf\"}} {}\n", name_, more, shot.count());
    text_ += fmt::format("{}_sum{} {}\n", name_, in_braces(labels), shot.sum);
    text_ += fmt::format("{}_count{} {}\n", name_, in_braces(labels), shot.count());
  }
  std::string take() { return std::move(text_); }

 private:
  static std::string in_braces(std::string_view labels) {
    return labels.empty() ? "" : fmt::format("{{{}}}", labels);
  }
  std::string_view name_;
  std::string text_;
};

double value_of(const std::atomic<std::uint64_t>& counter) {
  return static_cast<double>(counter.load(std::memory_order_relaxed));
}

void write_requests(MetricsWriter& out, const ServerCounters& counters) {
  out.single("dgxp_requests_total", "counter", "Requests that came in.",
             value_of(counters.requests));
  out.family("dgxp_requests_refused_total", "counter", "Requests that were no use.");
  out.sample("why=\"malformed\"", value_of(counters.malformed));
  out.sample("why=\"unknown_type\"", value_of(counters.unknown_types));
  out.single("dgxp_clients_refused_total", "counter", "Clients whose key is not allowed.",
             value_of(counters.refused_clients));
  const auto seconds = counters.answer_seconds.snapshot();
  out.family("dgxp_request_duration_seconds", "histogram",
             "From reading a request to sending its reply.");
  out.histogram("", seconds);
  out.family("dgxp_request_duration_quantile_seconds", "gauge",
             "The same, estimated since the start.");
  for (const double share : kQuantiles) {
    out.sample(fmt::format("quantile=\"{}\"", share), seconds.quantile(share));
  }
  out.family("dgxp_message_bytes", "histogram", "Sizes of requests and replies.");
  out.histogram("direction=\"in\"", counters.request_bytes.snapshot());
  out.histogram("direction=\"out\"", counters.reply_bytes.snapshot());
}

void write_jobs(MetricsWriter& out, const ServerCounters& counters) {
  out.family("dgxp_jobs", "gauge", "Jobs that have not ended.");
  out.sample("state=\"queued\"", value_of(counters.queued));
  out.sample("state=\"running\"", value_of(counters.running));
  out.family("dgxp_jobs_ended_total", "counter", "Jobs that have ended, by how.");
  out.sample("state=\"done\"", value_of(counters.done));
  out.sample("state=\"failed\"", value_of(counters.failed));
  out.sample("state=\"cancelled\"", value_of(counters.cancelled));
  out.family("dgxp_job_duration_seconds", "histogram", "Time on a backend of jobs that are done.");
  out.histogram("", counters.job_seconds.snapshot());
  out.single("dgxp_updates_total", "counter", "Updates published.", value_of(counters.updates));
  out.single("dgxp_updates_dropped_total", "counter",
             "Updates that at least one subscriber missed, because it did not read.",
             value_of(counters.updates_dropped));
}

void write_backends(MetricsWriter& out, std::span<const NamedBackendStatus> backends) {
  const auto each = [&](std::string_view name, std::string_view help, auto value) {
    out.family(name, "gauge", help);
    for (std::size_t i = 0; i < backends.size(); ++i) {
      out.sample(fmt::format("backend=\"{}\",number=\"{}\"", label_text(backends[i].name), i),
                 value(backends[i].status));
    }
  };
  each("dgxp_backend_healthy", "Whether it takes jobs.",
       [](const BackendStatus& status) { return status.healthy ? 1.0 : 0.0; });
  each("dgxp_backend_queue", "Jobs in its own queue, of whomever.",
       [](const BackendStatus& status) { return static_cast<double>(status.queue); });
  each("dgxp_backend_vram_free_bytes", "Free video memory; 0: unknown.",
       [](const BackendStatus& status) {
         return static_cast<double>(status.vram_free_mb) * kBytesOfMegabyte;
       });
  each("dgxp_backend_vram_total_bytes", "All video memory; 0: unknown.",
       [](const BackendStatus& status) {
         return static_cast<double>(status.vram_total_mb) * kBytesOfMegabyte;
       });
}

}  // namespace

std::string metrics_text(const ServerCounters& counters,
                         std::span<const NamedBackendStatus> backends, const std::string& version) {
  MetricsWriter out;
  out.family("dgxp_build_info", "gauge", "The version of this worker.");
  out.sample(fmt::format("version=\"{}\"", label_text(version)), 1);
  write_requests(out, counters);
  write_jobs(out, counters);
  write_backends(out, backends);
  return out.take();
}

}  // namespace dgxp
