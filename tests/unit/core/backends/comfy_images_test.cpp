// Requirements 27 to 31.
#include "core/backends/comfy_images.hpp"

#include <zlib.h>

#include "comfy_test_support.hpp"

using namespace dgxp;

namespace {

ComfyHistory history_of(std::vector<ComfyNodeOutput> outputs) {
  return {.completed = true, .interrupted = false, .error = {}, .outputs = std::move(outputs)};
}

}  // namespace

TEST_CASE("R16: the nodes that gave pictures are those that the workflow declares, and as many") {
  const std::vector<OutputBinding> declared = {{.name = "sprite", .node = "9"},
                                               {.name = "mask", .node = "10", .count = 2}};
  const ComfyFile sprite{"a.png", "dgxp", "output"};
  const ComfyFile mask{"b.png", "dgxp", "output"};
  const auto place = find_result(declared, history_of({{"10", {mask, mask}}, {"9", {sprite}}}), {});
  REQUIRE(place);
  CHECK(place->file == sprite);
  CHECK(error_of(find_result(declared, history_of({{"9", {sprite}}}), {})) ==
        "output 'mask' (node 10) gave 0 of 2 pictures");
  CHECK(error_of(find_result(declared, history_of({{"9", {sprite, sprite}}, {"10", {mask, mask}}}),
                             {})) == "output 'sprite' (node 9) gave 2 of 1 pictures");
  CHECK(error_of(find_result(
            declared, history_of({{"9", {sprite}}, {"10", {mask, mask}}, {"11", {mask}}}), {})) ==
        "node 11 gave 1 pictures, but the workflow declares no such output");
}

TEST_CASE("R31: previews are no results, on the server or over the socket") {
  const std::vector<OutputBinding> declared = {{.name = "sprite", .node = "9", .websocket = true}};
  const ComfyFile preview{"p.png", "", "temp"};
  const std::vector<ComfyFramePicture> frames = {{"3", {1}}, {"9", {2}}};
  const auto place = find_result(declared, history_of({{"11", {preview}}}), frames);
  REQUIRE(place);
  REQUIRE(place->frame != nullptr);
  CHECK(place->frame->png == Bytes{2});
  CHECK(error_of(find_result(declared, history_of({}), {{"3", {1}}})) ==
        "output 'sprite' (node 9) gave 0 of 1 pictures");
}

TEST_CASE("R27: a picture of another size, one that is no PNG and half a one fail the job") {
  struct Case {
    FakeFaultKind kind;
    std::string_view says;
  };
  for (const Case& bad : {Case{FakeFaultKind::other_size, "picture of 48x56 instead of 64x64"},
                          Case{FakeFaultKind::unreadable_image, "not a PNG"},
                          Case{FakeFaultKind::truncated_image, "the PNG ends too early"}}) {
    FakeComfy comfy;
    comfy.inject({.kind = bad.kind, .size = {48, 56}});
    const auto backend = make_settled_backend(quick_options(comfy.url()));
    const std::string why = why_not(run_job(*backend, make_job()));
    CHECK(why.find(bad.says) != std::string::npos);
    CHECK(why_not(run_job(*backend, make_job("job-1", 8))) == "");
  }
}

TEST_CASE("R27: names are percent-encoded, and what comes back has no metadata") {
  FakeComfy comfy;
  const auto backend = make_settled_backend(quick_options(comfy.url()));
  const auto picture = run_job(*backend, make_job());
  REQUIRE(picture);
  CHECK(as_text(*picture).find("tEXt") == std::string_view::npos);
  CHECK(as_text(*picture).find("KSampler") == std::string_view::npos);
  const auto views = records_of(comfy, "GET", "/view");
  REQUIRE(views.size() == 1);
  CHECK(views[0].query.find("type=output") != std::string::npos);
}

TEST_CASE("R28: a file that is gone is made once more under another name, then the job fails") {
  for (const int times : {1, 2}) {
    FakeComfy comfy;
    comfy.inject({.kind = FakeFaultKind::view_missing, .count = times});
    const auto backend = make_settled_backend(quick_options(comfy.url()));
    const std::string why = why_not(run_job(*backend, make_job()));
    CHECK((why == "") == (times == 1));
    const auto prompts = comfy.prompts();
    REQUIRE(prompts.size() == 2);
    const auto prefix = [](const FakePrompt& prompt) {
      return TestJson::parse(prompt.graph)["9"]["inputs"]["filename_prefix"];
    };
    CHECK(prefix(prompts[0]) != prefix(prompts[1]));
  }
}

TEST_CASE("R30: a reference is uploaded once, by its digest, and the returned name is used") {
  FakeComfy comfy;
  ComfyOptions options = quick_options(comfy.url());
  options.templates = {make_reference_template()};
  const auto backend = make_settled_backend(options);
  const Bytes png = encode_png(make_image({64, 64}));
  for (const char* id : {"a", "b"}) {
    BackendJob job = make_job(id);
    job.references = {std::make_shared<const Bytes>(png)};
    job.request.references = {sha256(ByteView(png)).hex()};
    CHECK(why_not(run_job(*backend, job)) == "");
  }
  CHECK(records_of(comfy, "POST", "/upload/image").size() == 1);
  const auto prompts = comfy.prompts();
  REQUIRE(prompts.size() == 2);
  CHECK(TestJson::parse(prompts[1].graph)["11"]["inputs"]["image"] ==
        "dgxp/" + sha256(ByteView(png)).hex() + ".png");
  REQUIRE_FALSE(comfy.drawings().empty());
  CHECK(comfy.drawings()[0].init != nullptr);
}

TEST_CASE("R30: a reference above the server's limit is refused here, and a 413 tells the limit") {
  FakeComfy comfy({.max_upload = 5000});
  ComfyApi api(*parse_http_base(comfy.url()), {}, {});
  ComfyUploads uploads(api);
  Image large(Size{128, 128});
  std::uint32_t noise = 1;
  for (Rgba& pixel : large.pixels) {
    noise = noise * 1664525U + 1013904223U;
    pixel = {static_cast<std::uint8_t>(noise >> 24U), static_cast<std::uint8_t>(noise >> 16U), 7,
             255};
  }
  const Bytes png = encode_png(large);
  CHECK(error_of(uploads.upload(png, {})) ==
        "a reference picture has " + std::to_string(png.size()) + " bytes, the server takes 5000");
  CHECK(records_of(comfy, "POST", "/upload").empty());
  comfy.inject({.kind = FakeFaultKind::http_status, .path = "/upload", .status = 413});
  const Bytes small = encode_png(make_image({4, 4}));
  CHECK(error_of(uploads.upload(small, {})) ==
        "a reference picture has " + std::to_string(small.size()) +
            " bytes, more than the server takes (it said 5000)");
  CHECK_FALSE(uploads.upload(to_bytes("no picture"), {}));
}
