#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/fake_comfy/fake_engine.hpp"
#include "tests/support/fake_http/fake_http_server.hpp"

namespace dgxp {

/// ComfyUI's HTTP side: what each route answers.
class FakeRoutes {
 public:
  FakeRoutes(const FakeComfyOptions& options, FakeEngine& engine, FakeFaultBox& faults);

  /// `path` is without the prefix /api; `below_api` tells whether it was there.
  FakeHttpAnswer answer(const FakeHttpRequest& request, const std::string& path, bool below_api);
  std::vector<FakePrompt> prompts() const;
  void forget_prompts();
  bool modern() const { return modern_; }

 private:
  FakeHttpAnswer get(const FakeHttpRequest& request, const std::string& path);
  FakeHttpAnswer post(const FakeHttpRequest& request, const std::string& path);
  FakeHttpAnswer post_prompt(const FakeJson& body);
  FakeHttpAnswer accept_prompt(const FakeJson& body, FakeQueued prompt, FakeJson node_errors);
  FakeHttpAnswer post_queue(const FakeJson& body);
  FakeHttpAnswer post_history(const FakeJson& body);
  FakeHttpAnswer post_upload(const FakeHttpRequest& request);
  FakeHttpAnswer view(const FakeHttpRequest& request);
  FakeHttpAnswer models(const std::string& folder) const;
  FakeHttpAnswer system_stats() const;
  FakeHttpAnswer jobs(const FakeHttpRequest& request, const std::string& path);
  bool cancel(const std::string& id);

  const FakeComfyOptions& options_;
  FakeEngine& engine_;
  FakeFaultBox& faults_;
  bool modern_;
  mutable std::mutex mutex_;
  std::vector<FakePrompt> prompts_;
};

FakeHttpAnswer fake_json_answer(const FakeJson& value, int status = 200);
FakeHttpAnswer fake_text_answer(int status, std::string text);

/// A random lower-case UUID of version 4.
std::string fake_uuid();

}  // namespace dgxp
