#include "tests/support/fake_comfy/fake_run.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include <fmt/format.h>

#include "core/base/digest.hpp"
#include "core/image/png_codec.hpp"
#include "tests/support/fake_comfy/fake_picture.hpp"

namespace dgxp {

namespace {

struct Interrupted {};
struct ServerGone {};
struct NodeError {
  std::string type;
  std::string message;
};

class Run {
 public:
  Run(const FakeQueued& prompt, const FakeRunTools& tools)
      : prompt_(prompt), tools_(tools), text_(prompt.text()) {
    silent_at_ = take(FakeFaultKind::ws_silent);
    close_at_ = take(FakeFaultKind::ws_closed);
    fragmented_ = take(FakeFaultKind::ws_fragments).has_value();
    noisy_ = take(FakeFaultKind::ws_noise).has_value();
    stall_ = take(FakeFaultKind::stall);
  }

  void run() {
    try {
      message("execution_start", {{"prompt_id", prompt_.id}, {"timestamp", fake_now_ms()}});
      find_cached();
      add_reachable();
      if (take(FakeFaultKind::execution_blocked)) blocked();
      while (const auto node = next_node()) {
        current_ = *node;
        execute(*node);
        done_.insert(*node);
      }
      message("execution_success", {{"prompt_id", prompt_.id}, {"timestamp", fake_now_ms()}});
    } catch (const Interrupted&) {
      failed("execution_interrupted", FakeJson::object());
    } catch (const NodeError& error) {
      failed("execution_error", {{"exception_message", error.message},
                                 {"exception_type", error.type},
                                 {"traceback", FakeJson::array({"  in a node of the fake\n"})},
                                 {"current_inputs", FakeJson::object()},
                                 {"current_outputs", FakeJson::array()}});
    } catch (const ServerGone&) {
      return;
    }
    result_.status = {
        {"status_str", good_ ? "success" : "error"}, {"completed", good_}, {"messages", messages_}};
    tools_.finish(result_);
    event("executing", {{"node", nullptr}, {"prompt_id", prompt_.id}}, false);
  }

 private:
  std::optional<FakeFault> take(FakeFaultKind kind) { return tools_.faults->take(kind, text_); }

  // --- events

  /// Progress goes to all sockets when the prompt has no client, other events then to none.
  void event(const std::string& type, FakeJson data, bool for_all) {
    if (prompt_.client_id.empty() && !for_all) return;
    const auto at = [&](const std::optional<FakeFault>& fault) {
      return fault && (fault->event.empty() || fault->event == type);
    };
    if (at(silent_at_)) silent_ = true;
    if (silent_) return;
    if (at(close_at_)) {
      tools_.close_socket(prompt_.client_id, close_at_->status);
      close_at_.reset();
      return;
    }
    tools_.send({.client_id = prompt_.client_id,
                 .type = type,
                 .data = std::move(data),
                 .fragmented = fragmented_,
                 .noisy = noisy_});
  }
  void message(const std::string& type, const FakeJson& data) {
    messages_.push_back({type, data});
    event(type, data, false);
  }
  void progress_state() {
    event("progress_state", {{"prompt_id", prompt_.id}, {"nodes", progress_}}, true);
  }
  void set_progress(const std::string& id, const FakeJson& value, const FakeJson& max,
                    const char* state) {
    progress_[id] = {{"value", value},
                     {"max", max},
                     {"state", state},
                     {"node_id", id},
                     {"prompt_id", prompt_.id},
                     {"display_node_id", id},
                     {"parent_node_id", nullptr},
                     {"real_node_id", id}};
    progress_state();
  }
  void step(const std::string& id, std::uint64_t value, std::uint64_t max) {
    set_progress(id, value, max, "running");
    event("progress", {{"value", value}, {"max", max}, {"prompt_id", prompt_.id}, {"node", id}},
          true);
  }
  void picture(const std::string& id, std::string bytes, bool png) {
    if (silent_) return;
    tools_.send({.client_id = prompt_.client_id,
                 .data = {{"node_id", id},
                          {"prompt_id", prompt_.id},
                          {"display_node_id", id},
                          {"parent_node_id", nullptr},
                          {"real_node_id", id},
                          {"image_type", png ? "image/png" : "image/jpeg"}},
                 .picture = std::move(bytes),
                 .png = png,
                 .fragmented = fragmented_,
                 .noisy = noisy_});
  }
  void failed(const char* type, const FakeJson& more) {
    good_ = false;
    FakeJson data = {{"prompt_id", prompt_.id},
                     {"node_id", current_},
                     {"node_type", class_of(current_)},
                     {"executed", executed_}};
    data.update(more);
    data["timestamp"] = fake_now_ms();
    message(type, data);
    result_.outputs = FakeJson::object();
    result_.meta = FakeJson::object();
  }
  /// Looks like the end, and is not: the run goes on.
  void blocked() {
    event("execution_error",
          {{"prompt_id", prompt_.id},
           {"node_id", prompt_.outputs.front()},
           {"node_type", class_of(prompt_.outputs.front())},
           {"executed", executed_},
           {"exception_message", "Execution Blocked: no value"},
           {"exception_type", "ExecutionBlocked"},
           {"traceback", FakeJson::array()},
           {"current_inputs", FakeJson::array()},
           {"current_outputs", FakeJson::array()},
           {"timestamp", fake_now_ms()}},
          false);
  }

  // --- the graph

  std::string class_of(const std::string& id) const {
    return prompt_.graph.contains(id) ? fake_text(prompt_.graph[id], "class_type") : "";
  }
  /// Equal for nodes that must give the same values.
  std::string signature(const std::string& id) {
    if (const auto found = signatures_.find(id); found != signatures_.end()) return found->second;
    if (!prompt_.graph.contains(id)) return "missing";
    signatures_[id] = "cycle";
    std::string text = class_of(id) + "\n";
    if (class_of(id) == "SaveImageWebsocket") text += prompt_.id;  // changes with every prompt
    std::map<std::string, std::string> inputs;
    for (const auto& [name, value] : prompt_.graph[id]["inputs"].items()) {
      const bool is_link = fake_is_link(value) && value.size() == 2 && value[0].is_string();
      inputs[name] =
          is_link ? signature(value[0].get<std::string>()) + fake_dump(value[1]) : fake_dump(value);
    }
    if (class_of(id).starts_with("LoadImage")) {
      const auto file =
          tools_.files->read("input", fake_text(prompt_.graph[id]["inputs"], "image"));
      inputs["file"] = file ? sha256(*file).hex() : "";
    }
    for (const auto& [name, value] : inputs) text += name + "=" + value + "\n";
    return signatures_[id] = sha256(text).hex();
  }
  bool is_cached(const std::string& id) { return tools_.cache->contains(signature(id)); }

  /// Only what the new prompt names stays cached.
  void find_cached() {
    std::set<std::string> wanted;
    for (const auto& [id, node] : prompt_.graph.items()) wanted.insert(signature(id));
    std::erase_if(*tools_.cache, [&](const auto& entry) { return !wanted.contains(entry.first); });
    FakeJson cached = FakeJson::array();
    for (const auto& [id, node] : prompt_.graph.items()) {
      if (is_cached(id)) cached.push_back(id);
    }
    message("execution_cached",
            {{"nodes", cached}, {"prompt_id", prompt_.id}, {"timestamp", fake_now_ms()}});
  }
  std::vector<std::string> sources_of(const std::string& id) const {
    std::vector<std::string> sources;
    for (const auto& [name, value] : prompt_.graph[id]["inputs"].items()) {
      if (fake_is_link(value) && value.size() == 2 && value[0].is_string()) {
        sources.push_back(value[0].get<std::string>());
      }
    }
    return sources;
  }
  /// Depth first from each output, the last input first; what is cached is not entered.
  void add_reachable() {
    for (const auto& output : prompt_.outputs) {
      std::vector<std::string> stack = {output};
      while (!stack.empty()) {
        const auto id = stack.back();
        stack.pop_back();
        if (std::ranges::find(pending_, id) != pending_.end()) continue;
        pending_.push_back(id);
        if (is_cached(id)) continue;
        for (const auto& source : sources_of(id)) {
          if (is_cached(source)) {
            done_.insert(source);
          } else {
            stack.push_back(source);
          }
        }
      }
    }
  }
  bool is_ready(const std::string& id) {
    if (done_.contains(id)) return false;
    return is_cached(id) || std::ranges::all_of(sources_of(id), [&](const std::string& source) {
             return done_.contains(source);
           });
  }
  bool is_output(const std::string& id) const {
    return (*tools_.object_info)[class_of(id)]["output_node"] == true;
  }
  /// Outputs as soon as they can, then in order.
  std::optional<std::string> next_node() {
    std::optional<std::string> first;
    for (const auto& id : pending_) {
      if (!is_ready(id)) continue;
      if (is_output(id)) return id;
      if (!first) first = id;
    }
    return first;
  }

  // --- nodes

  void check_interrupt() {
    if (tools_.interrupted()) throw Interrupted{};
  }
  void wait(std::chrono::milliseconds time) {
    if (!tools_.wait(time)) throw ServerGone{};
  }
  void show(const std::string& id, const FakeJson& ui) {
    if (ui.is_null()) return;
    result_.outputs[id] = ui;
    result_.meta[id] = {
        {"node_id", id}, {"display_node", id}, {"parent_node", nullptr}, {"real_node_id", id}};
    event("executed",
          {{"node", id}, {"display_node", id}, {"output", ui}, {"prompt_id", prompt_.id}}, false);
  }

  void execute(const std::string& id) {
    if (const auto found = tools_.cache->find(signature(id)); found != tools_.cache->end()) {
      show(id, found->second.ui);
      return set_progress(id, 1, 1, "finished");
    }
    check_interrupt();
    set_progress(id, 0.0, 1.0, "running");
    tools_.at_node(id);
    event("executing", {{"node", id}, {"display_node", id}, {"prompt_id", prompt_.id}}, false);
    wait(tools_.node_time());
    check_interrupt();
    FakeCacheEntry entry = run_node(id);
    show(id, entry.ui);
    const FakeJson max = progress_[id]["max"];
    set_progress(id, max, max, "finished");
    executed_.push_back(id);
    (*tools_.cache)[signature(id)] = std::move(entry);
  }

  FakeNodeCall call_of(const std::string& id) {
    FakeNodeCall call{.class_type = class_of(id)};
    const auto& info = (*tools_.object_info)[call.class_type];
    for (const auto& type : info["output"]) call.output_types.push_back(type);
    for (const auto& [group, names] : info["input_order"].items()) {
      for (const auto& name : names) call.input_order.push_back(name);
    }
    for (const auto& [name, value] : prompt_.graph[id]["inputs"].items()) {
      if (!fake_is_link(value)) {
        call.inputs[name] = value;
        continue;
      }
      const auto& values = (*tools_.cache)[signature(value[0].get<std::string>())].values;
      const auto slot = value[1].get<std::size_t>();
      if (slot < values.size()) call.links[name] = values[slot];
    }
    return call;
  }

  FakeCacheEntry run_node(const std::string& id) {
    const auto call = call_of(id);
    FakeCacheEntry entry;
    if (call.class_type == "SaveImage" || call.class_type == "PreviewImage") {
      entry.ui = save_images(call);
    } else if (call.class_type == "SaveImageWebsocket") {
      send_images(id, call);
    } else {
      if (call.class_type.starts_with("KSampler")) run_sampler(id, call);
      entry.values =
          fake_execute(call, {.draw = [this](const FakeDrawing& drawing) { return draw(drawing); },
                              .load = [this](const std::string& name) { return load(name); },
                              .cell = tools_.options->cell});
    }
    return entry;
  }

  void run_sampler(const std::string& id, const FakeNodeCall& call) {
    if (take(FakeFaultKind::out_of_memory)) {
      throw NodeError{"torch.OutOfMemoryError",
                      "Allocation on device \nThis error means you ran out of memory on your GPU."};
    }
    if (take(FakeFaultKind::execution_error)) {
      throw NodeError{"RuntimeError", "mat1 and mat2 shapes cannot be multiplied (2x768 and 1x4)"};
    }
    const auto steps = fake_get(call.inputs, "steps").get<std::uint64_t>();
    for (std::uint64_t value = 1; value <= steps; ++value) {
      if (stall_ && stall_->step == value && !tools_.wait_stalled()) throw ServerGone{};
      wait(tools_.step_time());
      check_interrupt();
      step(id, value, steps);
      if (!tools_.options->previews) continue;
      picture(id, fake_jpeg(static_cast<int>(value % 32), tools_.options->preview_bytes), false);
    }
  }

  Image draw(const FakeDrawing& drawing) {
    Image image = tools_.draw(drawing);
    const auto other = take(FakeFaultKind::other_size);
    return other ? fake_scaled(image, other->size) : image;
  }
  std::shared_ptr<const Image> load(const std::string& name) {
    const auto file = tools_.files->read("input", name);
    const auto image = file ? decode_png(as_bytes(*file)) : Result<Image>(Error{});
    if (!image) throw NodeError{"PIL.UnidentifiedImageError", "cannot identify image file"};
    return std::make_shared<const Image>(*image);
  }

  std::string file_of(const Image& image, bool alpha) {
    std::map<std::string, std::string> texts;
    if (tools_.options->metadata) texts["prompt"] = fake_dump(prompt_.graph);
    auto bytes = fake_png(image, alpha, texts);
    if (take(FakeFaultKind::unreadable_image)) bytes = "this is no picture";
    if (take(FakeFaultKind::truncated_image)) bytes.resize(bytes.size() / 2);
    return bytes;
  }
  FakeJson save_images(const FakeNodeCall& call) {
    const bool preview = call.class_type == "PreviewImage";
    const auto prefix = preview ? "ComfyUI_temp_fake" : fake_text(call.inputs, "filename_prefix");
    if (prefix.find("..") != std::string::npos) {
      throw NodeError{"Exception",
                      "**** ERROR: Saving image outside the output folder is not allowed."};
    }
    FakeJson images = FakeJson::array();
    const auto found = call.links.find("images");
    if (found != call.links.end() && !take(FakeFaultKind::no_images)) {
      for (const auto& image : found->second.images) {
        images.push_back(tools_.files->save(preview ? "temp" : "output", prefix,
                                            file_of(image, found->second.alpha)));
      }
    }
    return {{"images", images}};
  }
  /// The progress counts from 0 and never reaches its end.
  void send_images(const std::string& id, const FakeNodeCall& call) {
    const auto found = call.links.find("images");
    if (found == call.links.end()) return;
    const auto& images = found->second.images;
    for (std::size_t i = 0; i < images.size(); ++i) {
      step(id, i, images.size());
      picture(id, fake_png(images[i], found->second.alpha, {}), true);
    }
  }

  const FakeQueued& prompt_;
  const FakeRunTools& tools_;
  std::string text_;
  std::optional<FakeFault> silent_at_;
  std::optional<FakeFault> close_at_;
  std::optional<FakeFault> stall_;
  bool silent_ = false;
  bool fragmented_ = false;
  bool noisy_ = false;
  bool good_ = true;
  std::string current_;
  std::vector<std::string> pending_;
  std::set<std::string> done_;
  std::map<std::string, std::string> signatures_;
  FakeJson progress_ = FakeJson::object();
  FakeJson messages_ = FakeJson::array();
  FakeJson executed_ = FakeJson::array();
  FakeRunResult result_;
};

}  // namespace

void fake_run(const FakeQueued& prompt, const FakeRunTools& tools) {
  Run(prompt, tools).run();
}

std::int64_t fake_now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace dgxp
