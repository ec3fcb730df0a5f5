#include <algorithm>
#include <atomic>

#include "core/image/png_codec.hpp"
#include "tests/support/fake_draw/fake_draw_queue.hpp"

namespace dgxp {

namespace {

FakeHttpAnswer failure(int status, const std::string& message) {
  return fake_json_reply({{"error", message}}, status);
}

FakeJson capabilities(const FakeDrawOptions& options) {
  FakeJson loras = FakeJson::array();
  for (const auto& file : options.loras) {
    loras.push_back({{"name", fake_stem(file)}, {"path", file}});
  }
  const auto& model = options.models.front();
  return {{"model", {{"name", model}, {"stem", fake_stem(model)}, {"path", "/models/" + model}}},
          {"current_mode", "img_gen"},
          {"samplers", {"euler", "euler_a", "dpm++2m"}},
          {"schedulers", {"discrete", "karras"}},
          {"loras", loras},
          {"limits",
           {{"min_width", 64},
            {"max_width", 4096},
            {"min_height", 64},
            {"max_height", 4096},
            {"max_batch_count", 8},
            {"max_queue_size", options.max_queue}}}};
}

FakeJson job_json(FakeDrawServer& server, const FakeDrawJob& job) {
  FakeJson value = {{"id", job.id},
                    {"kind", "img_gen"},
                    {"status", job.state},
                    {"created", 1775401200},
                    {"started", nullptr},
                    {"completed", nullptr},
                    {"queue_position", server.queue().position(job.id)},
                    {"result", nullptr},
                    {"error", nullptr}};
  if (job.state == "completed") {
    const FakeJson image = {{"index", 0}, {"b64_json", fake_base64(job.png)}};
    value["result"] = {{"output_format", "png"}, {"images", FakeJson::array({image})}};
  } else if (!job.error.empty()) {
    value["error"] = {{"code", job.state == "cancelled" ? "cancelled" : "generation_failed"},
                      {"message", job.error}};
  }
  return value;
}

FakeDrawing drawing_of(const FakeJson& body, const FakeDrawOptions& options) {
  const auto number = [](const FakeJson& object, const char* key, double otherwise) {
    const auto value = fake_get(object, key);
    return value.is_number() ? value.get<double>() : otherwise;
  };
  const auto sample = fake_get(body, "sample_params");
  FakeDrawing drawing;
  drawing.prompt = fake_text(body, "prompt");
  drawing.negative = fake_text(body, "negative_prompt");
  const auto seed = fake_get(body, "seed").get<std::int64_t>();
  drawing.seed = seed < 0 ? 4711 : static_cast<std::uint64_t>(seed);  // below zero is random
  drawing.size = {static_cast<int>(number(body, "width", 512)),
                  static_cast<int>(number(body, "height", 512))};
  drawing.steps = static_cast<std::uint64_t>(number(sample, "sample_steps", 20));
  drawing.cfg = number(fake_get(sample, "guidance"), "txt_cfg", 7);
  drawing.sampler = fake_text(sample, "sample_method");
  drawing.scheduler = fake_text(sample, "scheduler");
  drawing.denoise = number(body, "strength", 1);
  drawing.checkpoint = fake_stem(options.models.front());
  for (const auto& lora : fake_get(body, "lora")) {
    const double weight = number(lora, "multiplier", 1);
    drawing.loras.push_back({fake_stem(fake_text(lora, "path")), weight, weight});
  }
  const auto png = fake_unbase64(fake_text(body, "init_image"));
  if (const auto image = decode_png(as_bytes(png))) {
    drawing.init = std::make_shared<const Image>(*image);
  }
  return drawing;
}

FakeHttpAnswer generate(FakeDrawServer& server, const FakeHttpRequest& request) {
  static std::atomic<int> count{0};
  const auto body = FakeJson::parse(request.body, nullptr, false);
  if (!body.is_object() || !fake_get(body, "seed").is_number_integer()) {
    return failure(400, "invalid JSON");
  }
  FakeDrawJob job{.id = "job_" + std::to_string(++count),
                  .drawing = drawing_of(body, server.options())};
  for (const auto& lora : fake_get(body, "lora")) {
    const auto& known = server.options().loras;
    if (std::ranges::find(known, fake_text(lora, "path")) == known.end()) {
      return failure(400, "invalid generation parameters: lora");
    }
  }
  const auto id = job.id;
  if (!server.queue().add(std::move(job))) return failure(429, "job queue is full");
  return fake_json_reply({{"id", id},
                          {"kind", "img_gen"},
                          {"status", "queued"},
                          {"created", 1775401200},
                          {"poll_url", "/sdcpp/v1/jobs/" + id}},
                         202);
}

FakeHttpAnswer jobs(FakeDrawServer& server, const FakeHttpRequest& request) {
  const std::string prefix = "/sdcpp/v1/jobs/";
  auto id = request.path.substr(prefix.size());
  const bool is_cancel = request.method == "POST" && id.ends_with("/cancel");
  if (is_cancel) id.resize(id.size() - std::string_view("/cancel").size());
  if (!server.queue().find(id)) return failure(404, "job not found");
  if (is_cancel && !server.queue().cancel(id)) return failure(409, "job cannot be cancelled");
  return fake_json_reply(job_json(server, *server.queue().find(id)));
}

void route(FakeDrawServer& server, const FakeHttpRequest& request, const FakeReply& reply) {
  const auto& path = request.path;
  if (path == "/sdcpp/v1/capabilities") {
    return reply(fake_json_reply(capabilities(server.options())));
  }
  if (request.method == "POST" && path == "/sdcpp/v1/img_gen") {
    return reply(generate(server, request));
  }
  if (path.starts_with("/sdcpp/v1/jobs/")) return reply(jobs(server, request));
  reply(failure(404, "not found"));
}

}  // namespace

std::unique_ptr<FakeDrawServer> make_fake_sdcpp(FakeDrawOptions options) {
  return std::make_unique<FakeDrawServer>(std::move(options), route);
}

}  // namespace dgxp
