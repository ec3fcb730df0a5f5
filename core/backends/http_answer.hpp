#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/backends/http_client.hpp"
#include "core/base/geometry.hpp"
#include "core/base/result.hpp"
#include "core/worker/protocol.hpp"

namespace dgxp {

/// What a server that refuses says, in one line: "the server answered 500: out of memory". A web
/// page is named as one, not shown. `asked` names the request for people: "txt2img".
Error refusal_of(const HttpReply& reply, std::string_view asked);

/// The size that a job asks for. Error: `worker` when no server could draw it.
Result<Size> size_of_job(const GenerateMessage& job);

/// How much of its reference a job draws anew, 0 to 1: 0.6 when it does not say.
double denoise_of(const GenerateMessage& job);

/// More than any answer that carries a picture of this size as base64.
std::size_t most_answer_bytes(Size size);

/// "dir/name.safetensors" -> "name": what these servers call a model.
std::string stem_of(std::string_view file);

}  // namespace dgxp
