// The models that a worker has.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/report.hpp"
#include "cli/worker_link.hpp"

namespace dgxp {

int run_models_command(const Context& context, const ModelsArguments& arguments) {
  auto query = open_worker_query(context, arguments.worker);
  if (!query) return fail(context, query.error());
  auto reply = query->ask(ListModelsMessage{});
  if (!reply) return fail(context, reply.error());
  const auto* list = std::get_if<ModelListMessage>(&reply->body);
  if (list == nullptr) {
    return fail(context,
                {.kind = ErrorKind::worker,
                 .message = fmt::format("the worker at {} lists no models", query->address())});
  }
  const Terminal& terminal = *context.terminal;
  if (terminal.json()) {
    using nlohmann::ordered_json;
    ordered_json models = ordered_json::array();
    for (const ModelEntry& model : list->models) {
      models.push_back({{"name", model.name},
                        {"type", model.model_type},
                        {"path", model.path},
                        {"size_mb", model.size_mb}});
    }
    const ordered_json document{{"worker", query->address()}, {"models", std::move(models)}};
    terminal.data(json_text(document));
    return 0;
  }
  std::size_t width = 0;
  for (const ModelEntry& model : list->models) width = std::max(width, model.name.size());
  for (const ModelEntry& model : list->models) {
    terminal.line(fmt::format("{:{}}  {:10}  {:>6} MB  {}", model.name, width, model.model_type,
                              model.size_mb, model.path));
  }
  terminal.line(list->models.empty() ? "no models: what this worker draws needs none"
                                     : count_text(list->models.size(), "model", "models"));
  return 0;
}

}  // namespace dgxp
