#include "core/worker/wire_recording.hpp"

#include <optional>

#include <doctest/doctest.h>

#include "core/worker/protocol.hpp"
#include "core/worker/wire_player.hpp"

using namespace dgxp;

namespace {

GenerateMessage job(const std::string& id, std::uint64_t attempt) {
  GenerateMessage generate;
  generate.id = id;
  generate.prompt = "p";
  generate.model = "m";
  generate.size = {64, 64};
  generate.attempt = attempt;
  return generate;
}
WireRecord record(WireWay way, MessageBody body, std::optional<std::uint64_t> rid = {},
                  std::uint32_t peer = 1) {
  return {.milliseconds = 12,
          .way = way,
          .peer = way == WireWay::update ? 0 : peer,
          .body = encode_message({std::move(body), {.rid = rid}})};
}
std::string describe(const Bytes& body) {
  return describe_message(body);
}

}  // namespace

TEST_CASE("a recording comes back record by record, without a last line that was cut off") {
  const std::vector<WireRecord> records{record(WireWay::request, PingMessage{}, 5),
                                        record(WireWay::reply, PongMessage{}, 5),
                                        record(WireWay::update, JobStartedMessage{"j", 1})};
  std::string text = recording_head();
  for (const WireRecord& one : records) text += record_line(one);
  const auto parsed = parse_recording(as_bytes(text));
  REQUIRE(parsed);
  CHECK(*parsed == records);
  text.resize(text.size() - 3);
  CHECK(parse_recording(as_bytes(text))->size() == 2);
}

TEST_CASE("a recording that is none says where") {
  const auto refusal = [](std::string_view text) {
    const auto parsed = parse_recording(as_bytes(text));
    return parsed ? std::string("taken") : parsed.error().message;
  };
  const std::string head = recording_head();
  CHECK(refusal("") == "it does not begin with 'dgxp wire recording 1'");
  CHECK(refusal("GIF89a") == "it does not begin with 'dgxp wire recording 1'");
  CHECK(refusal(head) == "taken");
  CHECK(refusal(head + "1 request 1 80\nrubbish\n") == "line 3 is no record of the wire");
  CHECK(refusal(head + "1 request 1 8\n") == "line 2 is no record of the wire");
  CHECK(refusal(head + "x request 1 80\n") == "line 2 is no record of the wire");
  CHECK(refusal(head + "1 letter 1 80\n") == "line 2 is no record of the wire");
}

TEST_CASE("a message is described on one line with long and hostile texts cut and escaped") {
  CHECK(describe(encode_message({CancelMessage{"a\x1b[2J"}, {.rid = 7}})) ==
        "cancel job_id=\"a\\x1b[2J\" rid=7");
  CHECK(describe(encode_message({BlobMessage{std::string(64, 'a'), Bytes(1000, 0)}})) ==
        "blob digest=\"" + std::string(60, 'a') + "\"... bytes=<1000 bytes>");
  CHECK(describe({0xc1}).starts_with("not a message"));
  CHECK(describe({0x91, 0x01}) == "not a map: [1]");
  CHECK(describe_record(record(WireWay::update, JobStartedMessage{"j", 1})) ==
        "    0.012 update: job_started job_id=\"j\" timestamp=1");
}

TEST_CASE("a player answers under the new rid, whatever attempt, and in the order of then") {
  WirePlayer player(
      {record(WireWay::request, job("a", 1), 5), record(WireWay::request, PingMessage{}, 5, 2),
       record(WireWay::reply, PongMessage{}, 5, 2),
       record(WireWay::reply, JobAcceptedMessage{"a", 1}, 5),
       record(WireWay::update, JobStartedMessage{"a", 1}), record(WireWay::request, job("b", 1), 6),
       record(WireWay::reply, JobErrorMessage{"b", "no", false}, 6),
       record(WireWay::update, JobStartedMessage{"b", 1})});
  CHECK(player.take_updates().empty());
  CHECK(describe(player.answer(encode_message({job("b", 99), {.rid = 40}}))) ==
        "job_error job_id=\"b\" error=\"no\" rid=40");
  REQUIRE(player.take_updates().size() == 1);
  CHECK(describe(player.answer(encode_message({job("a", 99), {.rid = 41}}))) ==
        "job_accepted job_id=\"a\" estimated_time_s=1 rid=41");
  CHECK(player.take_updates().size() == 1);
  CHECK(describe(player.answer(encode_message({CancelMessage{"a"}, {.rid = 42}}))) ==
        "error message=\"This request is not in the recording\" rid=42");
  CHECK(describe(player.answer(to_bytes("garbage"))) ==
        "error message=\"This request is not in the recording\"");
}
