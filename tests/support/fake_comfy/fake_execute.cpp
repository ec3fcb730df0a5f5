#include "tests/support/fake_comfy/fake_execute.hpp"

#include <algorithm>

#include "tests/support/fake_comfy/fake_picture.hpp"

namespace dgxp {

namespace {

std::shared_ptr<const Image> first_image(const FakeValue& value) {
  return value.images.empty() ? nullptr : std::make_shared<const Image>(value.images.front());
}

class Node {
 public:
  Node(const FakeNodeCall& call, const FakeNodeTools& tools) : call_(call), tools_(tools) {}

  std::vector<FakeValue> run() {
    using Rule = void (Node::*)();
    static const std::map<std::string, Rule> kRules = {
        {"CheckpointLoaderSimple", &Node::load_checkpoint},
        {"UNETLoader", &Node::load_named},
        {"CLIPLoader", &Node::load_named},
        {"VAELoader", &Node::load_named},
        {"ControlNetLoader", &Node::load_named},
        {"LoraLoader", &Node::add_lora},
        {"LoraLoaderModelOnly", &Node::add_lora},
        {"CLIPTextEncode", &Node::encode_text},
        {"ConditioningZeroOut", &Node::zero_out},
        {"ConditioningCombine", &Node::combine},
        {"ConditioningConcat", &Node::concat},
        {"FeatherMask", &Node::feather},
        {"MaskComposite", &Node::composite_masks},
        {"ImageCompositeMasked", &Node::composite_images},
        {"ControlNetApply", &Node::apply_control},
        {"ControlNetApplyAdvanced", &Node::apply_control},
        {"EmptyLatentImage", &Node::empty_latent},
        {"LatentUpscale", &Node::resize_latent},
        {"RepeatLatentBatch", &Node::repeat_latent},
        {"SetLatentNoiseMask", &Node::mask_latent},
        {"KSampler", &Node::sample},
        {"KSamplerAdvanced", &Node::sample},
        {"VAEDecode", &Node::decode},
        {"VAEEncode", &Node::encode},
        {"VAEEncodeForInpaint", &Node::encode},
        {"LoadImage", &Node::load_image},
        {"LoadImageMask", &Node::load_image_mask},
        {"EmptyImage", &Node::empty_image},
        {"ImageScale", &Node::scale},
        {"ImageScaleBy", &Node::scale_by},
        {"ImageInvert", &Node::invert},
        {"InvertMask", &Node::invert},
        {"ImageBatch", &Node::join_batches},
        {"ImageCrop", &Node::cut_out},
        {"SolidMask", &Node::solid_mask},
        {"JoinImageWithAlpha", &Node::join_alpha},
        {"SplitImageWithAlpha", &Node::split_alpha},
        {"ImageToMask", &Node::image_to_mask},
    };
    pass_through();
    if (const auto rule = kRules.find(call_.class_type); rule != kRules.end()) {
      (this->*rule->second)();
    }
    return std::move(out_);
  }

 private:
  /// Every slot starts as the first input of its type.
  void pass_through() {
    for (const auto& type : call_.output_types) {
      FakeValue value{.type = type};
      for (const auto& name : call_.input_order) {
        const auto found = call_.links.find(name);
        if (found == call_.links.end() || found->second.type != type) continue;
        value = found->second;
        break;
      }
      out_.push_back(std::move(value));
    }
  }

  std::string text(const char* name) const { return fake_text(call_.inputs, name); }
  double number(const char* name, double otherwise = 0) const {
    const auto value = fake_get(call_.inputs, name);
    return value.is_number() ? value.get<double>() : otherwise;
  }
  int integer(const char* name, int otherwise = 0) const {
    const auto value = fake_get(call_.inputs, name);
    return value.is_number() ? value.get<int>() : otherwise;
  }
  std::uint64_t seed(const char* name) const {
    const auto value = fake_get(call_.inputs, name);
    return value.is_number() ? value.get<std::uint64_t>() : 0;
  }
  const FakeValue& link(const char* name) const {
    static const FakeValue kNothing;
    const auto found = call_.links.find(name);
    return found == call_.links.end() ? kNothing : found->second;
  }

  void load_checkpoint() {
    for (auto& slot : out_) slot.name = text("ckpt_name");
  }
  void load_named() {
    for (const auto* name : {"unet_name", "clip_name", "vae_name", "control_net_name"}) {
      if (!text(name).empty()) out_[0].name = text(name);
    }
  }
  void add_lora() {
    const FakeLora lora{.file = text("lora_name"),
                        .model_weight = number("strength_model"),
                        .clip_weight = number("strength_clip")};
    for (auto& slot : out_) slot.loras.push_back(lora);
  }
  void encode_text() { out_[0].text = text("text"); }
  void zero_out() { out_[0].text.clear(); }
  void combine() {
    out_[0].text = link("conditioning_1").text + ", " + link("conditioning_2").text;
  }
  void concat() {
    out_[0].text = link("conditioning_to").text + ", " + link("conditioning_from").text;
  }
  void feather() {
    for (auto& mask : out_[0].images) {
      mask = fake_feathered(mask, {.left = integer("left"),
                                   .top = integer("top"),
                                   .right = integer("right"),
                                   .bottom = integer("bottom")});
    }
  }
  void composite_masks() {
    out_[0] = link("destination");
    const auto source = first_image(link("source"));
    if (!source) return;
    for (auto& mask : out_[0].images) {
      mask = fake_combined(mask, *source, {integer("x"), integer("y")}, text("operation"));
    }
  }
  void composite_images() {
    out_[0] = link("destination");
    auto source = first_image(link("source"));
    const auto mask = first_image(link("mask"));
    if (!source) return;
    for (auto& image : out_[0].images) {
      const bool resize = fake_get(call_.inputs, "resize_source") == true;
      const auto fitting = resize ? fake_scaled(*source, image.size) : *source;
      const auto scaled = mask ? fake_scaled(*mask, fitting.size) : Image();
      image =
          fake_composited(image, fitting, {integer("x"), integer("y")}, mask ? &scaled : nullptr);
    }
  }
  void apply_control() {
    const bool advanced = out_.size() == 2;
    const FakeControl control{.net = link("control_net").name,
                              .strength = number("strength", 1),
                              .start = number("start_percent", 0),
                              .end = number("end_percent", 1),
                              .image = first_image(link("image"))};
    if (advanced) out_[1] = link("negative");
    for (auto& slot : out_) slot.controls.push_back(control);
  }
  /// A latent has an eighth of the size, rounded down: 60x50 becomes 56x48.
  void empty_latent() {
    out_[0].size = {integer("width") / 8 * 8, integer("height") / 8 * 8};
    out_[0].batch = integer("batch_size", 1);
  }
  void resize_latent() {
    const Size size{integer("width") / 8 * 8, integer("height") / 8 * 8};
    out_[0].size = size;
    for (auto& drawing : out_[0].drawings) drawing.size = size;
    for (auto& image : out_[0].images) image = fake_scaled(image, size);
  }
  void repeat_latent() { out_[0].batch *= integer("amount", 1); }
  void mask_latent() { out_[0].mask = first_image(link("mask")); }

  void sample() {
    const auto& latent = link("latent_image");
    FakeDrawing drawing{.prompt = link("positive").text,
                        .negative = link("negative").text,
                        .seed = std::max(seed("seed"), seed("noise_seed")),
                        .size = latent.size,
                        .steps = seed("steps"),
                        .cfg = number("cfg"),
                        .sampler = text("sampler_name"),
                        .scheduler = text("scheduler"),
                        .denoise = number("denoise", 1),
                        .checkpoint = link("model").name,
                        .loras = link("model").loras,
                        .controls = link("positive").controls};
    drawing.cell = tools_.cell;
    drawing.mask = latent.mask;
    out_[0].drawings.clear();
    for (int i = 0; i < latent.batch; ++i) {
      drawing.index = i;
      const auto at = static_cast<std::size_t>(i);
      drawing.init =
          at < latent.images.size() ? std::make_shared<const Image>(latent.images[at]) : nullptr;
      out_[0].drawings.push_back(drawing);
    }
  }
  void decode() {
    const auto& latent = link("samples");
    for (const auto& drawing : latent.drawings) out_[0].images.push_back(tools_.draw(drawing));
    if (!latent.drawings.empty()) return;
    // Never sampled: what was encoded comes back, an empty latent is grey.
    out_[0].images = latent.images;
    if (latent.images.empty()) {
      out_[0].images.assign(static_cast<std::size_t>(latent.batch),
                            Image(latent.size, Rgba{127, 127, 127, 255}));
    }
  }
  void encode() {
    const auto& pixels = link("pixels");
    out_[0].images = pixels.images;
    out_[0].batch = std::max(1, static_cast<int>(pixels.images.size()));
    if (const auto mask = first_image(link("mask"))) out_[0].mask = mask;
    if (pixels.images.empty()) return;
    const auto size = pixels.images.front().size;
    out_[0].size = {size.width / 8 * 8, size.height / 8 * 8};
    for (auto& image : out_[0].images) {
      image = crop(image, {0, 0, out_[0].size.width, out_[0].size.height});
    }
  }

  static Image grey_of(const Image& image, std::uint8_t Rgba::* channel, bool inverted) {
    Image grey = image;
    for (auto& pixel : grey.pixels) {
      const auto level =
          static_cast<std::uint8_t>(inverted ? 255 - pixel.*channel : pixel.*channel);
      pixel = {level, level, level, 255};
    }
    return grey;
  }
  static Image opaque_of(Image image) {
    for (auto& pixel : image.pixels) pixel.a = 255;
    return image;
  }
  void load_image() {
    const auto image = tools_.load(text("image"));
    if (!image) return;
    out_[0].images = {opaque_of(*image)};
    out_[1].images = {grey_of(*image, &Rgba::a, true)};  // a mask is what is transparent
  }
  std::uint8_t Rgba::* channel() const {
    const auto name = text("channel");
    if (name == "alpha") return &Rgba::a;
    if (name == "green") return &Rgba::g;
    return name == "blue" ? &Rgba::b : &Rgba::r;
  }
  void load_image_mask() {
    const auto image = tools_.load(text("image"));
    if (image) out_[0].images = {grey_of(*image, channel(), text("channel") == "alpha")};
  }
  void image_to_mask() {
    for (const auto& image : link("image").images) {
      out_[0].images.push_back(grey_of(image, channel(), false));
    }
  }
  void empty_image() {
    const auto color = static_cast<std::uint32_t>(integer("color"));
    const Rgba fill{static_cast<std::uint8_t>(color >> 16U & 0xffU),
                    static_cast<std::uint8_t>(color >> 8U & 0xffU),
                    static_cast<std::uint8_t>(color & 0xffU), 255};
    out_[0].images.assign(static_cast<std::size_t>(integer("batch_size", 1)),
                          Image(Size{integer("width"), integer("height")}, fill));
  }
  void solid_mask() {
    const auto level = static_cast<std::uint8_t>(std::clamp(number("value"), 0.0, 1.0) * 255);
    out_[0].images = {
        Image(Size{integer("width"), integer("height")}, Rgba{level, level, level, 255})};
  }
  void scale() { resize({integer("width"), integer("height")}); }
  void scale_by() {
    if (out_[0].images.empty()) return;
    const auto size = out_[0].images.front().size;
    const double factor = number("scale_by", 1);
    resize({static_cast<int>(size.width * factor), static_cast<int>(size.height * factor)});
  }
  void resize(Size size) {
    for (auto& image : out_[0].images) image = fake_scaled(image, size);
  }
  void invert() {
    for (auto& image : out_[0].images) {
      for (auto& pixel : image.pixels) {
        pixel.r = static_cast<std::uint8_t>(255 - pixel.r);
        pixel.g = static_cast<std::uint8_t>(255 - pixel.g);
        pixel.b = static_cast<std::uint8_t>(255 - pixel.b);
      }
    }
  }
  void join_batches() {
    const auto& second = link("image2").images;
    out_[0].images.insert(out_[0].images.end(), second.begin(), second.end());
  }
  void cut_out() {
    for (auto& image : out_[0].images) {
      const int x = std::min(integer("x"), image.size.width - 1);
      const int y = std::min(integer("y"), image.size.height - 1);
      image = crop(image, {x, y, std::min(integer("width"), image.size.width - x),
                           std::min(integer("height"), image.size.height - y)});
    }
  }
  void join_alpha() {
    const auto mask = first_image(link("alpha"));
    out_[0].alpha = true;
    if (!mask) return;
    for (auto& image : out_[0].images) {
      const auto fitting = fake_scaled(*mask, image.size);
      for (std::size_t i = 0; i < image.pixels.size(); ++i) {
        image.pixels[i].a = static_cast<std::uint8_t>(255 - fitting.pixels[i].r);
      }
    }
  }
  void split_alpha() {
    out_[0].alpha = false;
    for (auto& image : out_[0].images) {
      out_[1].images.push_back(grey_of(image, &Rgba::a, true));
      image = opaque_of(image);
    }
  }

  const FakeNodeCall& call_;
  const FakeNodeTools& tools_;
  std::vector<FakeValue> out_;
};

}  // namespace

std::vector<FakeValue> fake_execute(const FakeNodeCall& call, const FakeNodeTools& tools) {
  return Node(call, tools).run();
}

}  // namespace dgxp
