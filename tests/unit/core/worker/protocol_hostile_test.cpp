// What a broken or hostile peer may send. Nothing here may crash, allocate without bound or be
// taken for something that it is not.
#include <random>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/worker/msgpack_value.hpp"
#include "core/worker/protocol.hpp"

using namespace dgxp;

namespace {

std::string refusal(const Bytes& bytes) {
  const DecodedMessage decoded = decode_message(bytes);
  CHECK(decoded.body.has_value() == decoded.refusal.empty());
  return decoded.refusal;
}

std::string refusal(std::string_view bytes) {
  return refusal(to_bytes(bytes));
}

Bytes concat(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Bytes text(std::string_view value) {
  Bytes out;
  MsgpackWriter(out).text(value);
  return out;
}

Bytes number(std::uint64_t value) {
  Bytes out;
  MsgpackWriter(out).unsigned_integer(value);
  return out;
}

Bytes map_head(std::size_t pairs) {
  Bytes out;
  MsgpackWriter(out).map(pairs);
  return out;
}

/// {"type": "cancel", KEY: VALUE} with the value as raw bytes.
Bytes cancel_with(std::string_view key, const Bytes& value) {
  return concat({map_head(2), text("type"), text("cancel"), text(key), value});
}

Message sample() {
  GenerateMessage message;
  message.id = "j";
  message.prompt = "p";
  message.model = "m";
  message.size = {64, 64};
  message.steps = 3;
  message.cfg_scale = 1.5;
  message.seed = 0xffffffffffffffffU;
  message.loras = {{"l", 0.5, ""}};
  message.palette = {"#000000"};
  message.frame_size = {16, 16};
  return {message, {.rid = 7, .v = "1.1"}};
}

}  // namespace

TEST_CASE("decode_message refuses a message cut off at every byte") {
  const Bytes whole = encode_message(sample());
  REQUIRE(refusal(whole) == "");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CHECK(refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))) != "");
  }
}

TEST_CASE("decode_message refuses bytes behind the message") {
  Bytes bytes = encode_message({PingMessage{}});
  bytes.push_back(0xc0);
  CHECK(refusal(bytes) == "not a message: bytes follow its end");
}

TEST_CASE("decode_message refuses announced sizes that the bytes do not hold") {
  CHECK(refusal(std::string_view("\xdd\x07\xff\xff\xff", 5)) != "");
  CHECK(refusal(std::string_view("\xdd\xff\xff\xff\xff", 5)) != "");
  CHECK(refusal(std::string_view("\xdf\xff\xff\xff\xff", 5)) != "");
  CHECK(refusal(std::string_view("\xdb\xff\xff\xff\xff", 5)) != "");
  CHECK(refusal(std::string_view("\xc6\xff\xff\xff\xff", 5)) != "");
  CHECK(refusal(std::string_view("\xc9\xff\xff\xff\xff\x01", 6)) != "");
  CHECK(refusal(std::string(200000, '\x91')) != "");
  CHECK(refusal(std::string(200000, '\x81')) != "");
  CHECK(refusal(std::string_view("\xdc\x10\x00", 3)) != "");
}

TEST_CASE("decode_message refuses more values than a message has") {
  // 80 arrays of 1000 empty values: each within its limit, 80,000 in all.
  Bytes many = concat({map_head(2), text("type"), text("ping"), text("x")});
  MsgpackWriter writer(many);
  writer.array(80);
  for (int i = 0; i < 80; ++i) {
    writer.array(1000);
    many.insert(many.end(), 1000, 0xc0);
  }
  CHECK(refusal(many) == "not a message: it holds too much");
}

TEST_CASE("decode_message takes a mebibyte only as the bytes of a flat message") {
  const std::string digest(64, 'a');
  CHECK(refusal(encode_message({BlobMessage{digest, Bytes(kMaxBlob, 1)}})) == "");
  CHECK(refusal(encode_message({BlobMessage{digest, Bytes(kMaxBlob + 1, 1)}})) != "");
  CHECK(refusal(encode_message({ErrorMessage{std::string(kMaxControlMessage + 1, 'x')}})) != "");
  Bytes nested = concat({map_head(2), text("type"), text("ping"), text("x")});
  MsgpackWriter writer(nested);
  writer.array(1);
  writer.binary(Bytes(2U << 20U, 0));
  CHECK(refusal(nested) != "");
}

TEST_CASE("decode_message refuses a key that is there twice, known or not") {
  CHECK(refusal(concat({map_head(3), text("type"), text("cancel"), text("job_id"), text("a"),
                        text("job_id"), text("b")})) == "field 'job_id' is there twice");
  CHECK(refusal(concat({map_head(3), text("type"), text("ping"), text("x"), number(1), text("x"),
                        number(1)})) == "a key is there twice");
  CHECK(refusal(concat({map_head(2), text("type"), text("ping"), text("type"), text("ping")})) ==
        "a key is there twice");
  CHECK(refusal(concat({map_head(3), text("type"), text("ping"), text("rid"), number(1),
                        text("rid"), number(2)})) == "field 'rid' is there twice");
}

TEST_CASE("decode_message refuses wrong types and names the field") {
  CHECK(refusal(cancel_with("job_id", number(5))) == "field 'job_id' is not text");
  CHECK(refusal(cancel_with("job_id", {0xc0})) == "field 'job_id' is not text");
  CHECK(refusal(cancel_with("job_id", {0xc4, 0x01, 'a'})) == "field 'job_id' is not text");
  CHECK(refusal(cancel_with("job_id", text(""))) == "field 'job_id' is too short");
  CHECK(refusal(cancel_with("job_id", text(std::string(129, 'x')))) ==
        "field 'job_id' is too long");
  CHECK(refusal(cancel_with("job_id", text("\xff"))) == "field 'job_id' is not UTF-8");
  CHECK(refusal(cancel_with("other", number(5))) == "missing field 'job_id'");
  CHECK(refusal(concat({map_head(1), number(1), text("ping")})) == "a key is not text");
  CHECK(refusal(concat({map_head(1), text("type"), number(1)})) == "field 'type' is not text");
  CHECK(refusal(concat({map_head(0)})) == "missing field 'type'");
  CHECK(refusal(text("ping")) == "it is not a map");
  CHECK(refusal(Bytes{}) == "not a message: it is empty");
}

TEST_CASE("decode_message refuses numbers out of range and arrays of the wrong length") {
  const auto generate = [](const Bytes& size, const Bytes& steps, const Bytes& cfg) {
    return refusal(concat({map_head(7), text("type"), text("generate"), text("id"), text("j"),
                           text("prompt"), text("p"), text("model"), text("m"), text("size"), size,
                           text("steps"), steps, text("cfg_scale"), cfg}));
  };
  const Bytes size{0x92, 0x40, 0x40};
  CHECK(generate(size, {3}, {7}) == "");
  CHECK(generate({0x91, 0x40}, {3}, {7}) == "field 'size' has not 2 items");
  CHECK(generate({0x93, 0x40, 0x40, 0x40}, {3}, {7}) == "field 'size' has not 2 items");
  CHECK(generate({0x92, 0x40, 0x00}, {3}, {7}) == "field 'size' is too small");
  CHECK(generate({0x92, 0x40, 0xcd, 0xff, 0xff}, {3}, {7}) == "field 'size' is too large");
  CHECK(generate(text("64"), {3}, {7}) == "field 'size' is not an array");
  CHECK(generate(size, {0xff}, {7}) == "field 'steps' is not a whole number from 0 up");
  CHECK(generate(size, {0xcb, 0x40, 0x3e, 0, 0, 0, 0, 0, 0}, {7}) ==
        "field 'steps' is not a whole number from 0 up");
  CHECK(generate(size, {0xce, 0xff, 0xff, 0xff, 0xff}, {7}) == "field 'steps' is too large");
  CHECK(generate(size, {3}, {0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0}) ==
        "field 'cfg_scale' is not finite");
  CHECK(generate(size, {3}, {0xca, 0x7f, 0x80, 0, 0}) == "field 'cfg_scale' is not finite");
}

TEST_CASE("decode_message takes nil for an absent optional field, and any order of keys") {
  const DecodedMessage decoded = decode_message(concat({map_head(4),
                                                        text("unknown"),
                                                        {0xc2},
                                                        text("job_id"),
                                                        text("a"),
                                                        text("rid"),
                                                        {0xc0},
                                                        text("type"),
                                                        text("cancel")}));
  CHECK(decoded.refusal == "");
  REQUIRE(decoded.body);
  CHECK(*decoded.body == MessageBody(CancelMessage{"a"}));
  CHECK_FALSE(decoded.envelope.rid);
}

TEST_CASE("decode_message gives the type of a message that it does not know, and its number") {
  const DecodedMessage decoded =
      decode_message(concat({map_head(2), text("type"), text("dance"), text("rid"), number(9)}));
  REQUIRE(decoded.body);
  CHECK(*decoded.body == MessageBody(UnknownMessage{"dance"}));
  CHECK(decoded.envelope.rid == 9);
}

TEST_CASE("decode_message gives the number of a request that it refuses") {
  const DecodedMessage decoded =
      decode_message(concat({map_head(4), text("type"), text("cancel"), text("job_id"), number(1),
                             text("rid"), number(9), text("v"), text("1.1")}));
  CHECK_FALSE(decoded.body);
  CHECK(decoded.envelope.rid == 9);
  CHECK(decoded.envelope.v == "1.1");
}

TEST_CASE("decode_message survives 200,000 mutated messages") {
  std::mt19937 random(1);
  const std::vector<Bytes> seeds = {
      encode_message(sample()), encode_message({StatusMessage{{"a", "b"}, 3}}),
      encode_message({BlobPutMessage{std::string(64, 'a'), Bytes(50, 1)}}),
      encode_message({StatusInfoMessage{
          "1", 1, 2, 3, "b", true, {"c"}, {{"a", "done", 1, 2, 3, ResultEntry{}, ""}}}})};
  int taken = 0;
  for (int i = 0; i < 200000; ++i) {
    Bytes bytes = seeds[random() % seeds.size()];
    for (std::uint32_t changes = 1 + random() % 4; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<std::uint8_t>(random());
    }
    if (random() % 8 == 0) bytes.resize(random() % bytes.size());
    const DecodedMessage decoded = decode_message(bytes);
    if (decoded.body && !std::holds_alternative<UnknownMessage>(*decoded.body)) {
      ++taken;
      // Whatever was taken can be said again.
      const DecodedMessage again = decode_message(encode_message({*decoded.body, {}}));
      REQUIRE(again.refusal == "");
    }
  }
  CHECK(taken > 1000);
}
