#pragma once

// What went over the wire, as a file that people can read in part and a program in whole.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dgxp {

enum class WireWay { request, reply, update };

struct WireRecord {
  std::uint64_t milliseconds = 0;  ///< since the recording began
  WireWay way = WireWay::request;
  std::uint32_t peer = 0;  ///< the client, counted from 1; 0 for updates
  Bytes body;
  friend bool operator==(const WireRecord&, const WireRecord&) = default;
};

/// The first line of a recording, and the line of one record.
std::string recording_head();
std::string record_line(const WireRecord& record);

/// Error: `input`, naming the line that is none. A last line that was cut off is left out.
Result<std::vector<WireRecord>> parse_recording(ByteView text);

/// A message for people on one line: "generate rid=5 id="ab12" size=[64, 64]"; long texts are cut,
/// binary is told by its size.
std::string describe_message(ByteView body);
/// The same with time, way and peer.
std::string describe_record(const WireRecord& record);

}  // namespace dgxp
