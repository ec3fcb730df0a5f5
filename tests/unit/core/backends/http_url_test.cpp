#include "core/backends/http_url.hpp"

#include <doctest/doctest.h>

using namespace dgxp;

TEST_CASE("parse_http_base takes an address apart") {
  const auto base = parse_http_base("https://bob:p%40ss@box.example:8443/comfy/");
  REQUIRE(base);
  CHECK(base->tls);
  CHECK(base->host == "box.example");
  CHECK(base->port == 8443);
  CHECK(base->prefix == "/comfy");
  CHECK(base->authorization == "Basic Ym9iOnBAc3M=");
  CHECK(base->url() == "https://box.example:8443/comfy");
  CHECK_FALSE(base->is_loopback());
  const auto v6 = parse_http_base("http://[::1]:8188");
  REQUIRE(v6);
  CHECK(v6->host == "::1");
  CHECK(v6->url() == "http://[::1]:8188");
  CHECK(v6->is_loopback());
  CHECK(parse_http_base("http://localhost")->url() == "http://localhost");
}

TEST_CASE("parse_http_base refuses what is no address, and never repeats a password") {
  for (const char* bad :
       {"", "127.0.0.1:8188", "file:///etc/passwd", "ftp://user:secret@host", "http://",
        "http://user:secret@", "http://user:secret@host:99999", "http://user:secret@host:0x1",
        "http://user:secret@ho st", "http://host/?secret=1", "http://host/#secret",
        "http://user:secret@host\r\nX: y", "http://[::1", "http://ho<st"}) {
    CAPTURE(bad);
    const auto base = parse_http_base(bad);
    REQUIRE_FALSE(base);
    CHECK(base.error().kind == ErrorKind::usage);
    CHECK(base.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("percent_encode leaves nothing that a query could mistake") {
  CHECK(percent_encode("a b/c&d=%\xC3\xA9~-._") == "a%20b%2Fc%26d%3D%25%C3%A9~-._");
}
