#include <algorithm>
#include <atomic>

#include "core/image/png_codec.hpp"
#include "tests/support/fake_draw/fake_draw_queue.hpp"

namespace dgxp {

namespace {

FakeHttpAnswer failure(const std::string& errors, int status = 500) {
  return fake_json_reply(
      {{"error", "RuntimeError"}, {"detail", ""}, {"body", ""}, {"errors", errors}}, status);
}

/// Takes the tags out of the prompt, as the web UI does.
std::vector<FakeLora> take_loras(std::string& prompt) {
  std::vector<FakeLora> loras;
  for (auto from = prompt.find("<lora:"); from != std::string::npos;
       from = prompt.find("<lora:", from)) {
    const auto end = prompt.find('>', from);
    if (end == std::string::npos) break;
    const auto inner = prompt.substr(from + 6, end - from - 6);
    const auto colon = inner.find(':');
    const double weight = colon == std::string::npos ? 1 : std::stod(inner.substr(colon + 1));
    loras.push_back({inner.substr(0, colon), weight, weight});
    prompt.erase(from, end + 1 - from);
  }
  while (prompt.ends_with(' ')) prompt.pop_back();
  return loras;
}

std::shared_ptr<const Image> picture_in(const FakeJson& images) {
  if (!images.is_array() || images.empty() || !images[0].is_string()) return nullptr;
  const auto png = fake_unbase64(images[0].get<std::string>());
  const auto image = decode_png(as_bytes(png));
  return image ? std::make_shared<const Image>(*image) : nullptr;
}

FakeDrawing drawing_of(const FakeJson& body) {
  const auto number = [&](const char* key, double otherwise) {
    const auto value = fake_get(body, key);
    return value.is_number() ? value.get<double>() : otherwise;
  };
  FakeDrawing drawing;
  drawing.prompt = fake_text(body, "prompt");
  drawing.loras = take_loras(drawing.prompt);
  drawing.negative = fake_text(body, "negative_prompt");
  const auto seed = fake_get(body, "seed");
  drawing.seed = seed.is_number_unsigned() ? seed.get<std::uint64_t>() : 4711;  // "-1" is random
  drawing.size = {static_cast<int>(number("width", 512)), static_cast<int>(number("height", 512))};
  drawing.steps = static_cast<std::uint64_t>(number("steps", 50));
  drawing.cfg = number("cfg_scale", 7);
  drawing.sampler = fake_text(body, "sampler_name");
  drawing.scheduler = fake_text(body, "scheduler");
  drawing.denoise = number("denoising_strength", 1);
  drawing.checkpoint = fake_text(fake_get(body, "override_settings"), "sd_model_checkpoint");
  drawing.init = picture_in(fake_get(body, "init_images"));
  return drawing;
}

FakeHttpAnswer answer_for(const FakeDrawJob& job) {
  if (job.state == "failed") return failure(job.error);
  const FakeJson info = {{"prompt", job.drawing.prompt},
                         {"seed", job.drawing.seed},
                         {"all_seeds", FakeJson::array({job.drawing.seed})},
                         {"sd_model_name", job.drawing.checkpoint}};
  return fake_json_reply({{"images", FakeJson::array({fake_base64(job.png)})},
                          {"parameters", FakeJson::object()},
                          {"info", fake_dump(info)}});
}

void generate(FakeDrawServer& server, const FakeHttpRequest& request, const FakeReply& reply) {
  static std::atomic<int> count{0};
  const auto body = FakeJson::parse(request.body, nullptr, false);
  if (!body.is_object()) return reply(failure("bad JSON", 422));
  FakeDrawJob job{.id = fake_text(body, "force_task_id"), .drawing = drawing_of(body)};
  if (job.id.empty()) job.id = "task(" + std::to_string(++count) + ")";
  auto& checkpoint = job.drawing.checkpoint;
  const auto& models = server.options().models;
  if (checkpoint.empty()) checkpoint = fake_stem(models.front());
  if (std::ranges::find(models, checkpoint, fake_stem) == models.end()) {
    return reply(failure("Unknown checkpoint: " + checkpoint));
  }
  server.queue().add(std::move(job), [reply](const FakeDrawJob& done) { reply(answer_for(done)); });
}

FakeJson progress(FakeDrawServer& server) {
  const auto job = server.queue().running();
  const double steps =
      job ? static_cast<double>(std::max<std::uint64_t>(1, job->drawing.steps)) : 1;
  const std::uint64_t step = job ? job->step : 0;
  const double fraction = std::min(1.0, static_cast<double>(step) / steps);
  return {{"progress", fraction},
          {"eta_relative", job ? 1.5 : 0.0},
          {"state",
           {{"skipped", false},
            {"interrupted", false},
            {"job", job ? "" : "scripts_txt2img"},
            {"job_count", server.queue().waiting() + (job ? 1 : 0)},
            {"sampling_step", step},
            {"sampling_steps", job ? job->drawing.steps : 0}}},
          {"current_image", nullptr},
          {"textinfo", nullptr},
          {"current_task", job ? FakeJson(job->id) : FakeJson(nullptr)}};
}

FakeJson models(const std::vector<std::string>& files) {
  FakeJson list = FakeJson::array();
  for (const auto& file : files) {
    list.push_back({{"title", file + " [abcdef0123]"},
                    {"model_name", fake_stem(file)},
                    {"filename", "/models/" + file},
                    {"config", nullptr}});
  }
  return list;
}

void route(FakeDrawServer& server, const FakeHttpRequest& request, const FakeReply& reply) {
  const auto& path = request.path;
  const bool is_post = request.method == "POST";
  if (is_post && (path == "/sdapi/v1/txt2img" || path == "/sdapi/v1/img2img")) {
    return generate(server, request, reply);
  }
  if (is_post && path == "/sdapi/v1/interrupt") {
    server.queue().cancel("");
    return reply(fake_json_reply(FakeJson::object()));
  }
  if (path == "/sdapi/v1/progress") return reply(fake_json_reply(progress(server)));
  if (path == "/sdapi/v1/sd-models") return reply(fake_json_reply(models(server.options().models)));
  if (path == "/sdapi/v1/sd-vae") return reply(fake_json_reply(FakeJson::array()));
  if (path == "/sdapi/v1/loras") {
    FakeJson list = FakeJson::array();
    for (const auto& file : server.options().loras) {
      list.push_back({{"name", fake_stem(file)}, {"alias", ""}, {"path", "/loras/" + file}});
    }
    return reply(fake_json_reply(list));
  }
  if (path == "/sdapi/v1/memory") {
    const FakeJson system = {{"free", std::uint64_t{6} << 30U}, {"total", std::uint64_t{8} << 30U}};
    return reply(fake_json_reply({{"ram", FakeJson::object()}, {"cuda", {{"system", system}}}}));
  }
  reply(fake_json_reply({{"detail", "Not Found"}}, 404));
}

}  // namespace

std::unique_ptr<FakeDrawServer> make_fake_sdapi(FakeDrawOptions options) {
  return std::make_unique<FakeDrawServer>(std::move(options), route);
}

}  // namespace dgxp
