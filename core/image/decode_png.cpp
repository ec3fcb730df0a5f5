// The reading half of png_codec.hpp. Measured of libpng 1.6.39: a 44-byte file whose tEXt chunk
// claims 2^31-1 bytes costs 2 GB, and palette indexes out of range, missing ends and trailing bytes
// are accepted. So the chunks are walked here first, and libpng gets to see nothing but IHDR,
// PLTE, tRNS, IDAT and IEND, through its classic row interface; and only of files that
// decode_usual_png does not read.
#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <png.h>

#include "core/image/decode_usual_png.hpp"
#include "core/image/png_codec.hpp"
#include "core/image/png_parts.hpp"

namespace dgxp {
namespace {

constexpr std::array<std::uint8_t, 8> kSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr std::size_t kHeaderEnd = 8 + kPngChunkFrame + 13;

Error bad_png(std::string message) {
  return {.kind = ErrorKind::input, .message = std::move(message)};
}

std::string_view chunk_type(ByteView content, std::size_t at) {
  return as_text(content.subspan(at + 4, 4));
}

bool is_read(std::string_view type) {
  return type == "IHDR" || type == "PLTE" || type == "tRNS" || type == "IDAT" || type == "IEND";
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Whether so much data can hold the pixels that the header announces: nothing is allocated for
/// what the file could not fill.
bool can_fill(ByteView content, std::size_t data_bytes) {
  const std::uint64_t pixels = std::uint64_t{read_png_u32(content, 16)} * read_png_u32(content, 20);
  constexpr std::array<std::uint64_t, 7> kChannels{1, 1, 3, 1, 2, 1, 4};  // by colour type
  const std::uint64_t channels = content[25] < kChannels.size() ? kChannels.at(content[25]) : 1;
  const std::uint64_t bits = std::max<std::uint64_t>(1, content[24] * channels);
  return can_hold(data_bytes, pixels * bits);
}

/// Chunks follow one another without a gap from IHDR to IEND, which ends the file.
std::optional<Error> check_chunks(ByteView content) {
  std::size_t at = kSignature.size();
  std::string_view before;
  bool has_data = false;
  std::size_t data_bytes = 0;
  while (content.size() - at >= kPngChunkFrame) {
    const std::size_t length = read_png_u32(content, at);
    const std::string_view type = chunk_type(content, at);
    if (!std::ranges::all_of(type, is_letter)) return bad_png("the PNG holds a malformed chunk");
    if (length > content.size() - at - kPngChunkFrame) return bad_png("the PNG ends too early");
    const bool is_critical = type[0] >= 'A' && type[0] <= 'Z';
    if (is_critical && !is_read(type))
      return bad_png(fmt::format("the PNG holds an unknown critical chunk '{}'", type));
    const bool is_data = type == "IDAT";
    if ((type == "IHDR") != (at == kSignature.size()) || (is_data && has_data && before != "IDAT"))
      return bad_png("the PNG's chunks are out of order");
    has_data = has_data || is_data;
    if (is_data) data_bytes += length;
    before = type;
    at += kPngChunkFrame + length;
    if (type != "IEND") continue;
    if (at == content.size()) {
      if (can_fill(content, data_bytes)) return std::nullopt;
      return bad_png("the PNG ends too early");
    }
    return bad_png(fmt::format("{} bytes follow the end of the PNG", content.size() - at));
  }
  return bad_png("the PNG ends too early");
}

/// libpng's side. It reports an error by longjmp, so every function that calls it through
/// `setjmp`, and every callback, has only locals without destructors; what needs one lives in
/// decode_png, above all of them.
struct Reader {
  ByteView content;
  std::size_t chunk = 0;  ///< start of the chunk being read; 0 before the first
  std::size_t at = 0;
  std::size_t end = 0;  ///< of what may be read without a look at the next chunk
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::array<char, 96> message{};

  explicit Reader(ByteView bytes) : content(bytes), end(kSignature.size()) {}
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
};

/// Steps over the chunks that are not read. check_chunks has made sure that they are whole.
void open_next_chunk(Reader& reader) {
  std::size_t start = reader.end;
  while (start < reader.content.size() && !is_read(chunk_type(reader.content, start)))
    start += kPngChunkFrame + read_png_u32(reader.content, start);
  if (start >= reader.content.size()) png_error(reader.png, "the data ends too early");
  reader.at = start;
  reader.end = start + kPngChunkFrame + read_png_u32(reader.content, start);
}

extern "C" void dgxp_png_read(png_structp png, png_bytep target, png_size_t count) {
  Reader& reader = *static_cast<Reader*>(png_get_io_ptr(png));
  while (count > 0) {
    if (reader.at == reader.end) open_next_chunk(reader);
    const std::size_t part = std::min(count, reader.end - reader.at);
    std::memcpy(target, reader.content.data() + reader.at, part);
    reader.at += part;
    target += part;
    count -= part;
  }
}

extern "C" void dgxp_png_error(png_structp png, png_const_charp text) {
  Reader& reader = *static_cast<Reader*>(png_get_error_ptr(png));
  std::strncpy(reader.message.data(), text, reader.message.size() - 1);
  png_longjmp(png, 1);
}

extern "C" void dgxp_png_warning(png_structp, png_const_charp) {}

struct Header {
  bool is_indexed = false;
  int passes = 1;
  int palette_size = 0;
  std::array<Rgba, 256> palette{};
};

void set_limits(Reader& reader, Size size) {
  png_set_user_limits(reader.png, static_cast<png_uint_32>(size.width),
                      static_cast<png_uint_32>(size.height));
  png_set_chunk_malloc_max(reader.png, 1U << 20U);
  png_set_chunk_cache_max(reader.png, 64);
  png_set_benign_errors(reader.png, 0);
  png_set_crc_action(reader.png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_keep_unknown_chunks(reader.png, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
}

void read_palette(Reader& reader, Header& header) {
  png_colorp colors = nullptr;
  png_bytep alphas = nullptr;
  int alpha_count = 0;
  png_get_PLTE(reader.png, reader.info, &colors, &header.palette_size);
  png_get_tRNS(reader.png, reader.info, &alphas, &alpha_count, nullptr);
  for (int i = 0; i < std::min(header.palette_size, 256); ++i) {
    const std::uint8_t alpha = i < alpha_count ? alphas[i] : std::uint8_t{255};
    header.palette[static_cast<std::size_t>(i)] = {colors[i].red, colors[i].green, colors[i].blue,
                                                   alpha};
  }
}

/// Reads up to the first IDAT and asks for rows of 8-bit palette indexes or of RGBA. False after
/// an error, which is in `reader.message`.
bool read_header(Reader& reader, Size size, Header& header) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_set_read_fn(reader.png, &reader, dgxp_png_read);
  set_limits(reader, size);
  png_read_info(reader.png, reader.info);
  const int color_type = png_get_color_type(reader.png, reader.info);
  header.is_indexed = color_type == PNG_COLOR_TYPE_PALETTE;
  if (header.is_indexed) {
    read_palette(reader, header);
    png_set_packing(reader.png);
  } else {
    png_set_expand(reader.png);  // few-bit gray to 8 bits, tRNS to alpha
    png_set_scale_16(reader.png);
    png_set_gray_to_rgb(reader.png);
    png_set_add_alpha(reader.png, 0xFF, PNG_FILLER_AFTER);
  }
  header.passes = png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  return true;
}

/// Rows of indexes are read into the last quarter of each row's pixels; see expand_indexes.
bool read_rows(Reader& reader, const Header& header, Image& image) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  const auto width = static_cast<std::size_t>(image.size.width);
  const std::size_t row_bytes = png_get_rowbytes(reader.png, reader.info);
  if (row_bytes != (header.is_indexed ? width : 4 * width))
    png_error(reader.png, "unexpected row size");
  auto* bytes = reinterpret_cast<png_bytep>(image.pixels.data());
  for (int pass = 0; pass < header.passes; ++pass)
    for (int y = 0; y < image.size.height; ++y)
      png_read_row(reader.png,
                   bytes + static_cast<std::size_t>(y) * 4 * width + (4 * width - row_bytes),
                   nullptr);
  png_read_end(reader.png, nullptr);
  return true;
}

/// Indexes to pixels in place: pixel x is written at 4x and index x read at 3w + x, which no
/// earlier pixel has overwritten. False when an index is not in the palette.
bool expand_indexes(Image& image, const Header& header) {
  const auto width = static_cast<std::size_t>(image.size.width);
  for (int y = 0; y < image.size.height; ++y) {
    Rgba* row = &image.pixels[static_cast<std::size_t>(y) * width];
    const auto* indexes = reinterpret_cast<const std::uint8_t*>(row) + 3 * width;
    for (std::size_t x = 0; x < width; ++x) {
      const std::uint8_t index = indexes[x];
      if (index >= header.palette_size) return false;
      row[x] = header.palette[index];
    }
  }
  return true;
}

}  // namespace

Result<Size> read_png_size(ByteView content, PngLimits limits) {
  if (content.size() > limits.max_bytes)
    return bad_png(fmt::format("the PNG has {} bytes, more than the allowed {}", content.size(),
                               limits.max_bytes));
  const std::size_t common = std::min(content.size(), kSignature.size());
  if (content.empty() ||
      !std::equal(kSignature.begin(), kSignature.begin() + static_cast<std::ptrdiff_t>(common),
                  content.begin()))
    return bad_png("not a PNG file");
  if (content.size() < kHeaderEnd) return bad_png("the PNG ends too early");
  if (read_png_u32(content, 8) != 13 || chunk_type(content, 8) != "IHDR")
    return bad_png("the PNG does not begin with its header");
  const std::uint32_t width = read_png_u32(content, 16);
  const std::uint32_t height = read_png_u32(content, 20);
  const Size most = limits.max_size;
  if (width == 0 || height == 0)
    return bad_png(fmt::format("the PNG is {}x{} pixels", width, height));
  if (width > static_cast<std::uint32_t>(std::max(most.width, 0)) ||
      height > static_cast<std::uint32_t>(std::max(most.height, 0)))
    return bad_png(fmt::format("the PNG is {}x{} pixels, larger than the allowed {}x{}", width,
                               height, most.width, most.height));
  return Size{static_cast<int>(width), static_cast<int>(height)};
}

Result<Image> decode_png(ByteView content, PngLimits limits) {
  const auto size = read_png_size(content, limits);
  if (!size) return size.error();
  if (const auto error = check_chunks(content)) return *error;
  if (auto image = decode_usual_png(content, *size)) return *std::move(image);

  Reader reader(content);
  reader.png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, dgxp_png_error, dgxp_png_warning);
  if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
  if (reader.info == nullptr) return bad_png("no memory to decode the PNG");

  const auto failed = [&] {
    return bad_png(fmt::format("the PNG is broken: {}", reader.message.data()));
  };
  Header header;
  if (!read_header(reader, *size, header)) return failed();
  Image image(*size);
  if (!read_rows(reader, header, image)) return failed();
  if (header.is_indexed && !expand_indexes(image, header))
    return bad_png("the PNG uses a palette index that its palette does not have");
  return image;
}

}  // namespace dgxp
