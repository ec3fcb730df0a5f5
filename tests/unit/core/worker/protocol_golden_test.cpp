// The bytes of the public 1.0 encoders (the Python form; where Rust differs it is in the width of
// floats), and that every message survives a round trip.
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "core/worker/protocol.hpp"

using namespace dgxp;

namespace {

std::string to_hex(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text;
}

Bytes from_hex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(text[i]) * 16 + digit(text[i + 1])));
  }
  return bytes;
}

GenerateMessage knight() {
  GenerateMessage message;
  message.id = "job-001";
  message.prompt = "16-bit knight sprite";
  message.model = "sdxl-base";
  message.size = {1024, 1024};
  message.steps = 30;
  message.cfg_scale = 7.5;
  return message;
}

GenerateMessage knight_with_lora() {
  GenerateMessage message = knight();
  message.lora = "pixelart";
  return message;
}

struct Golden {
  MessageBody body;
  std::string_view hex;
};

const std::vector<Golden> kGolden = {
    {PingMessage{}, "81a474797065a470696e67"},
    {StatusMessage{}, "81a474797065a6737461747573"},
    {ListModelsMessage{}, "81a474797065ab6c6973745f6d6f64656c73"},
    {CancelMessage{"job-001"}, "82a474797065a663616e63656ca66a6f625f6964a76a6f622d303031"},
    {knight(),
     "87a474797065a867656e6572617465a26964a76a6f622d303031a670726f6d7074b431362d626974206b6e6967687"
     "4"
     "20737072697465a56d6f64656ca97364786c2d62617365a473697a6592cd0400cd0400a573746570731ea96366675"
     "f"
     "7363616c65cb401e000000000000"},
    {knight_with_lora(),
     "88a474797065a867656e6572617465a26964a76a6f622d303031a670726f6d7074b431362d626974206b6e6967687"
     "4"
     "20737072697465a56d6f64656ca97364786c2d62617365a473697a6592cd0400cd0400a573746570731ea96366675"
     "f"
     "7363616c65cb401e000000000000a46c6f7261a8706978656c617274"},
    {PongMessage{}, "81a474797065a4706f6e67"},
    {ErrorMessage{"x"}, "82a474797065a56572726f72a76d657373616765a178"},
    {JobAcceptedMessage{"job-001", 3.5},
     "83a474797065ac6a6f625f6163636570746564a66a6f625f6964a76a6f622d303031b0657374696d617465645f746"
     "9"
     "6d655f73cb400c000000000000"},
    {JobCompleteMessage{"job-001", "out/a.png", 1.5, {}},
     "84a474797065ac6a6f625f636f6d706c657465a66a6f625f6964a76a6f622d303031aa696d6167655f70617468a96"
     "f"
     "75742f612e706e67aa6475726174696f6e5f73cb3ff8000000000000"},
    {JobErrorMessage{"job-001", "x"},
     "83a474797065a96a6f625f6572726f72a66a6f625f6964a76a6f622d303031a56572726f72a178"},
    {JobCancelledMessage{"job-001"},
     "82a474797065ad6a6f625f63616e63656c6c6564a66a6f625f6964a76a6f622d303031"},
    {ModelListMessage{{{"n", "p", "lora", 144}}},
     "82a474797065aa6d6f64656c5f6c697374a66d6f64656c739184a46e616d65a16ea470617468a170aa6d6f64656c5"
     "f"
     "74797065a46c6f7261a773697a655f6d62cc90"},
    {StatusInfoMessage{"1.0.0", 3, 1, 3600, {}, false, {}, {}},
     "85a474797065ab7374617475735f696e666fa776657273696f6ea5312e302e30aa71756575655f73697a6503ab616"
     "3"
     "746976655f6a6f627301a8757074696d655f73cd0e10"},
    {JobStartedMessage{"job-001", 1699564800},
     "83a474797065ab6a6f625f73746172746564a66a6f625f6964a76a6f622d303031a974696d657374616d70ce654d4"
     "d"
     "00"},
    {ProgressMessage{"job-001", "sampling", 15, 30, 50.0, 1.75},
     "87a474797065a870726f6772657373a66a6f625f6964a76a6f622d303031a57374616765a873616d706c696e67a47"
     "3"
     "7465700fab746f74616c5f73746570731ea770657263656e74cb4049000000000000a56574615f73cb3ffc0000000"
     "0"
     "0000"},
    {PreviewMessage{"job-001", "out/p.png", 10, {}},
     "84a474797065a770726576696577a66a6f625f6964a76a6f622d303031aa696d6167655f70617468a96f75742f702"
     "e"
     "706e67a4737465700a"},
    {JobFinishedMessage{"job-001", true, 1.5},
     "84a474797065ac6a6f625f66696e6973686564a66a6f625f6964a76a6f622d303031a773756363657373c3aa64757"
     "2"
     "6174696f6e5f73cb3ff8000000000000"},
};

GenerateMessage full_generate() {
  GenerateMessage message = knight_with_lora();
  message.batch_size = 2;
  message.animation_frames = 4;
  message.tileset_grid = {4, 3};
  message.attempt = 0xfedcba9876543210U;
  message.model_sha256 = std::string(64, 'a');
  message.negative = "blurry, Grüße";
  message.seed = 0xffffffffffffffffU;
  message.loras = {{"pixelart", 0.75, std::string(64, 'b')}, {"lcm", -1, ""}};
  message.sampler = "euler";
  message.scheduler = "normal";
  message.denoise = 0.5;
  message.frame_size = {16, 32};
  message.frames = 4;
  message.render_scale = 16;
  message.animation = "walk";
  message.direction = "south-east";
  message.view = "side";
  message.seamless = true;
  message.palette = {"#000000", "#ff00ff"};
  message.background = "chroma_key";
  message.workflow_name = "row";
  message.workflow = std::string(64, 'c');
  message.references = {std::string(64, 'd'), std::string(64, 'e')};
  message.priority = 9;
  return message;
}

}  // namespace

TEST_CASE("encode_message writes the bytes of the public 1.0 encoder for every 1.0 message") {
  std::string expected;
  std::string actual;
  for (const Golden& golden : kGolden) {
    expected += std::string(golden.hex) + "\n";
    actual += to_hex(encode_message({golden.body})) + "\n";
  }
  CHECK(actual == expected);
}

TEST_CASE("decode_message reads the bytes of the public 1.0 encoder for every 1.0 message") {
  for (const Golden& golden : kGolden) {
    const DecodedMessage decoded = decode_message(from_hex(golden.hex));
    CHECK(decoded.refusal == "");
    REQUIRE(decoded.body);
    CHECK(*decoded.body == golden.body);
  }
}

TEST_CASE("decode_message takes the float32 that Rust writes, and an integer, for a float") {
  const std::string head =
      "87a474797065a867656e6572617465a26964a76a6f622d303031a670726f6d7074b431362d626974206b6e696768"
      "74"
      "20737072697465a56d6f64656ca97364786c2d62617365a473697a6592cd0400cd0400a573746570731ea9636667"
      "5f"
      "7363616c65";
  const auto cfg = [&](const std::string& tail) {
    const DecodedMessage decoded = decode_message(from_hex(head + tail));
    return decoded.body ? std::get<GenerateMessage>(*decoded.body).cfg_scale : -999.0;
  };
  CHECK(cfg("ca40f00000") == 7.5);
  CHECK(cfg("07") == 7.0);
  CHECK(cfg("fe") == -2.0);
  CHECK(cfg("a17a") == -999.0);
}

TEST_CASE("every 1.1 field survives encode and decode, u64 to the last bit") {
  const ResultEntry result{std::string(64, 'f'), 12345, true};
  const std::vector<MessageBody> bodies = {
      full_generate(),
      StatusMessage{{"a", "b"}, 77},
      BlobPutMessage{std::string(64, '1'), {0, 1, 255}},
      BlobGetMessage{std::string(64, '2')},
      BlobStoredMessage{std::string(64, '3')},
      BlobMessage{std::string(64, '4'), Bytes(100000, 7)},
      JobCompleteMessage{"j", "p", 0.5, result},
      JobErrorMessage{"j", "e", true},
      PreviewMessage{"j", "p", 3, result},
      StatusInfoMessage{"1.1.0",
                        1,
                        2,
                        3,
                        "procedural",
                        true,
                        {"workflow"},
                        {{"a", "done", 1, 2, 0xffffffffffffffffU, result, ""},
                         {"b", "failed", 0, 0, 4, {}, "why"}},
                        {{"comfy", true, "ComfyUI 1", 2, 1000, 24000, ""}, {"b", false}}},
  };
  const Envelope envelope{0xffffffffffffffffU, "1.1", 1, 0x8000000000000000U, 3};
  for (const MessageBody& body : bodies) {
    const DecodedMessage decoded = decode_message(encode_message({body, envelope}));
    CHECK(decoded.refusal == "");
    REQUIRE(decoded.body);
    CHECK(*decoded.body == body);
    CHECK(decoded.envelope == envelope);
  }
}

TEST_CASE("describe_protocol lists every field once with its type, need and version") {
  std::string text;
  for (const FieldDescription& field : describe_protocol()) {
    if (field.message != "" && field.message != "progress" && field.message != "blob_put") continue;
    text += std::string(field.message) + "." + std::string(field.field) + ": " +
            std::string(field.type) + (field.required ? "" : ", optional") + ", " +
            std::string(field.since) + "\n";
  }
  CHECK(
      text ==
      ".rid: u64, optional, 1.1\n.v: str, optional, 1.1\n.epoch: u64, optional, 1.1\n"
      ".seq: u64, optional, 1.1\n.jseq: u64, optional, 1.1\n"
      "blob_put.digest: str, 1.1\nblob_put.bytes: bin, 1.1\n"
      "progress.job_id: str, 1.0\nprogress.stage: str, 1.0\nprogress.step: u32, 1.0\n"
      "progress.total_steps: u32, 1.0\nprogress.percent: float, 1.0\nprogress.eta_s: float, 1.0\n");
}
