#include "tests/support/fake_comfy/fake_nodes.hpp"

#include <algorithm>

namespace dgxp {

namespace {

// Class -> category, name for people, inputs in order, outputs. "@x" stands for a list: the files
// of a model folder or one of the lists below. Names and ranges are what GET /object_info of 0.3.64
// says; descriptions and tooltips are left out.
constexpr const char* kTable = R"json({
"CheckpointLoaderSimple": {"category": "loaders", "display": "Load Checkpoint",
  "required": {"ckpt_name": ["@checkpoints", {}]}, "output": ["MODEL", "CLIP", "VAE"]},
"UNETLoader": {"category": "advanced/loaders", "display": "Load Diffusion Model",
  "required": {"unet_name": ["@diffusion_models", {}],
    "weight_dtype": [["default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"], {}]},
  "output": ["MODEL"]},
"CLIPLoader": {"category": "advanced/loaders", "display": "Load CLIP",
  "required": {"clip_name": ["@text_encoders", {}],
    "type": [["stable_diffusion", "sd3", "flux", "qwen_image"], {}]}, "output": ["CLIP"]},
"VAELoader": {"category": "loaders", "display": "Load VAE",
  "required": {"vae_name": ["@vae", {}]}, "output": ["VAE"]},
"LoraLoader": {"category": "loaders", "display": "Load LoRA",
  "required": {"model": ["MODEL", {}], "clip": ["CLIP", {}], "lora_name": ["@loras", {}],
    "strength_model": ["FLOAT", {"default": 1.0, "min": -100.0, "max": 100.0, "step": 0.01}],
    "strength_clip": ["FLOAT", {"default": 1.0, "min": -100.0, "max": 100.0, "step": 0.01}]},
  "output": ["MODEL", "CLIP"]},
"LoraLoaderModelOnly": {"category": "loaders", "display": "LoraLoaderModelOnly",
  "required": {"model": ["MODEL", {}], "lora_name": ["@loras", {}],
    "strength_model": ["FLOAT", {"default": 1.0, "min": -100.0, "max": 100.0, "step": 0.01}]},
  "output": ["MODEL"]},
"ModelSamplingDiscrete": {"category": "advanced/model", "display": "ModelSamplingDiscrete",
  "required": {"model": ["MODEL", {}],
    "sampling": [["eps", "v_prediction", "lcm", "x0", "img_to_img"], {}],
    "zsnr": ["BOOLEAN", {"default": false}]}, "output": ["MODEL"]},
"CLIPSetLastLayer": {"category": "conditioning", "display": "CLIP Set Last Layer",
  "required": {"clip": ["CLIP", {}],
    "stop_at_clip_layer": ["INT", {"default": -1, "min": -24, "max": -1, "step": 1}]},
  "output": ["CLIP"]},
"CLIPTextEncode": {"category": "conditioning", "display": "CLIP Text Encode (Prompt)",
  "required": {"text": ["STRING", {"multiline": true, "dynamicPrompts": true}],
    "clip": ["CLIP", {}]}, "output": ["CONDITIONING"]},
"ConditioningZeroOut": {"category": "advanced/conditioning", "display": "ConditioningZeroOut",
  "required": {"conditioning": ["CONDITIONING", {}]}, "output": ["CONDITIONING"]},
"ConditioningCombine": {"category": "conditioning", "display": "Conditioning (Combine)",
  "required": {"conditioning_1": ["CONDITIONING", {}], "conditioning_2": ["CONDITIONING", {}]},
  "output": ["CONDITIONING"]},
"ConditioningConcat": {"category": "conditioning", "display": "Conditioning (Concat)",
  "required": {"conditioning_to": ["CONDITIONING", {}], "conditioning_from": ["CONDITIONING", {}]},
  "output": ["CONDITIONING"]},
"EmptyLatentImage": {"category": "latent", "display": "Empty Latent Image",
  "required": {"width": ["INT", {"default": 512, "min": 16, "max": 16384, "step": 8}],
    "height": ["INT", {"default": 512, "min": 16, "max": 16384, "step": 8}],
    "batch_size": ["INT", {"default": 1, "min": 1, "max": 4096}]}, "output": ["LATENT"]},
"LatentUpscale": {"category": "latent", "display": "Upscale Latent",
  "required": {"samples": ["LATENT", {}],
    "upscale_method": [["nearest-exact", "bilinear", "area", "bicubic", "bislerp"], {}],
    "width": ["INT", {"default": 512, "min": 0, "max": 16384, "step": 8}],
    "height": ["INT", {"default": 512, "min": 0, "max": 16384, "step": 8}],
    "crop": [["disabled", "center"], {}]}, "output": ["LATENT"]},
"RepeatLatentBatch": {"category": "latent/batch", "display": "Repeat Latent Batch",
  "required": {"samples": ["LATENT", {}], "amount": ["INT", {"default": 1, "min": 1, "max": 64}]},
  "output": ["LATENT"]},
"SetLatentNoiseMask": {"category": "latent/inpaint", "display": "Set Latent Noise Mask",
  "required": {"samples": ["LATENT", {}], "mask": ["MASK", {}]}, "output": ["LATENT"]},
"KSampler": {"category": "sampling", "display": "KSampler",
  "required": {"model": ["MODEL", {}],
    "seed": ["INT", {"default": 0, "min": 0, "max": 18446744073709551615, "control_after_generate": true}],
    "steps": ["INT", {"default": 20, "min": 1, "max": 10000}],
    "cfg": ["FLOAT", {"default": 8.0, "min": 0.0, "max": 100.0, "step": 0.1, "round": 0.01}],
    "sampler_name": ["@samplers", {}], "scheduler": ["@schedulers", {}],
    "positive": ["CONDITIONING", {}], "negative": ["CONDITIONING", {}],
    "latent_image": ["LATENT", {}],
    "denoise": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 1.0, "step": 0.01}]},
  "output": ["LATENT"]},
"KSamplerAdvanced": {"category": "sampling", "display": "KSampler (Advanced)",
  "required": {"model": ["MODEL", {}], "add_noise": [["enable", "disable"], {}],
    "noise_seed": ["INT", {"default": 0, "min": 0, "max": 18446744073709551615, "control_after_generate": true}],
    "steps": ["INT", {"default": 20, "min": 1, "max": 10000}],
    "cfg": ["FLOAT", {"default": 8.0, "min": 0.0, "max": 100.0, "step": 0.1, "round": 0.01}],
    "sampler_name": ["@samplers", {}], "scheduler": ["@schedulers", {}],
    "positive": ["CONDITIONING", {}], "negative": ["CONDITIONING", {}],
    "latent_image": ["LATENT", {}],
    "start_at_step": ["INT", {"default": 0, "min": 0, "max": 10000}],
    "end_at_step": ["INT", {"default": 10000, "min": 0, "max": 10000}],
    "return_with_leftover_noise": [["disable", "enable"], {}]},
  "output": ["LATENT"]},
"VAEDecode": {"category": "latent", "display": "VAE Decode",
  "required": {"samples": ["LATENT", {}], "vae": ["VAE", {}]}, "output": ["IMAGE"]},
"VAEEncode": {"category": "latent", "display": "VAE Encode",
  "required": {"pixels": ["IMAGE", {}], "vae": ["VAE", {}]}, "output": ["LATENT"]},
"VAEEncodeForInpaint": {"category": "latent/inpaint", "display": "VAE Encode (for Inpainting)",
  "required": {"pixels": ["IMAGE", {}], "vae": ["VAE", {}], "mask": ["MASK", {}],
    "grow_mask_by": ["INT", {"default": 6, "min": 0, "max": 64, "step": 1}]},
  "output": ["LATENT"]},
"ControlNetLoader": {"category": "loaders", "display": "Load ControlNet Model",
  "required": {"control_net_name": ["@controlnet", {}]}, "output": ["CONTROL_NET"]},
"ControlNetApply": {"category": "conditioning/controlnet", "display": "Apply ControlNet (OLD)",
  "required": {"conditioning": ["CONDITIONING", {}], "control_net": ["CONTROL_NET", {}],
    "image": ["IMAGE", {}],
    "strength": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 10.0, "step": 0.01}]},
  "output": ["CONDITIONING"]},
"ControlNetApplyAdvanced": {"category": "conditioning/controlnet", "display": "Apply ControlNet",
  "required": {"positive": ["CONDITIONING", {}], "negative": ["CONDITIONING", {}],
    "control_net": ["CONTROL_NET", {}], "image": ["IMAGE", {}],
    "strength": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 10.0, "step": 0.01}],
    "start_percent": ["FLOAT", {"default": 0.0, "min": 0.0, "max": 1.0, "step": 0.001}],
    "end_percent": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 1.0, "step": 0.001}]},
  "optional": {"vae": ["VAE", {}]}, "output": ["CONDITIONING", "CONDITIONING"],
  "output_name": ["positive", "negative"]},
"LoadImage": {"category": "image", "display": "Load Image",
  "required": {"image": ["@inputs", {"image_upload": true}]}, "output": ["IMAGE", "MASK"]},
"LoadImageMask": {"category": "mask", "display": "Load Image (as Mask)",
  "required": {"image": ["@inputs", {"image_upload": true}],
    "channel": [["alpha", "red", "green", "blue"], {}]}, "output": ["MASK"]},
"EmptyImage": {"category": "image", "display": "EmptyImage",
  "required": {"width": ["INT", {"default": 512, "min": 1, "max": 16384, "step": 1}],
    "height": ["INT", {"default": 512, "min": 1, "max": 16384, "step": 1}],
    "batch_size": ["INT", {"default": 1, "min": 1, "max": 4096}],
    "color": ["INT", {"default": 0, "min": 0, "max": 16777215, "step": 1, "display": "color"}]},
  "output": ["IMAGE"]},
"ImageScale": {"category": "image/upscaling", "display": "Upscale Image",
  "required": {"image": ["IMAGE", {}],
    "upscale_method": [["nearest-exact", "bilinear", "area", "bicubic", "lanczos"], {}],
    "width": ["INT", {"default": 512, "min": 0, "max": 16384, "step": 1}],
    "height": ["INT", {"default": 512, "min": 0, "max": 16384, "step": 1}],
    "crop": [["disabled", "center"], {}]}, "output": ["IMAGE"]},
"ImageScaleBy": {"category": "image/upscaling", "display": "Upscale Image By",
  "required": {"image": ["IMAGE", {}],
    "upscale_method": [["nearest-exact", "bilinear", "area", "bicubic", "lanczos"], {}],
    "scale_by": ["FLOAT", {"default": 1.0, "min": 0.01, "max": 8.0, "step": 0.01}]},
  "output": ["IMAGE"]},
"ImageInvert": {"category": "image", "display": "Invert Image",
  "required": {"image": ["IMAGE", {}]}, "output": ["IMAGE"]},
"ImageBatch": {"category": "image", "display": "Batch Images",
  "required": {"image1": ["IMAGE", {}], "image2": ["IMAGE", {}]}, "output": ["IMAGE"]},
"ImageCrop": {"category": "image/transform", "display": "Image Crop",
  "required": {"image": ["IMAGE", {}],
    "width": ["INT", {"default": 512, "min": 1, "max": 16384, "step": 1}],
    "height": ["INT", {"default": 512, "min": 1, "max": 16384, "step": 1}],
    "x": ["INT", {"default": 0, "min": 0, "max": 16384, "step": 1}],
    "y": ["INT", {"default": 0, "min": 0, "max": 16384, "step": 1}]}, "output": ["IMAGE"]},
"ImageQuantize": {"category": "image/postprocessing", "display": "ImageQuantize",
  "required": {"image": ["IMAGE", {}],
    "colors": ["INT", {"default": 256, "min": 1, "max": 256, "step": 1}],
    "dither": [["none", "floyd-steinberg", "bayer-2", "bayer-4", "bayer-8", "bayer-16"], {}]},
  "output": ["IMAGE"]},
"SolidMask": {"category": "mask", "display": "SolidMask",
  "required": {"value": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 1.0, "step": 0.01}],
    "width": ["INT", {"default": 512, "min": 1, "max": 16384, "step": 1}],
    "height": ["INT", {"default": 512, "min": 1, "max": 16384, "step": 1}]}, "output": ["MASK"]},
"InvertMask": {"category": "mask", "display": "InvertMask",
  "required": {"mask": ["MASK", {}]}, "output": ["MASK"]},
"MaskToImage": {"category": "mask", "display": "Convert Mask to Image",
  "required": {"mask": ["MASK", {}]}, "output": ["IMAGE"]},
"ImageToMask": {"category": "mask", "display": "Convert Image to Mask",
  "required": {"image": ["IMAGE", {}], "channel": [["red", "green", "blue", "alpha"], {}]},
  "output": ["MASK"]},
"FeatherMask": {"category": "mask", "display": "FeatherMask",
  "required": {"mask": ["MASK", {}],
    "left": ["INT", {"default": 0, "min": 0, "max": 16384, "step": 1}],
    "top": ["INT", {"default": 0, "min": 0, "max": 16384, "step": 1}],
    "right": ["INT", {"default": 0, "min": 0, "max": 16384, "step": 1}],
    "bottom": ["INT", {"default": 0, "min": 0, "max": 16384, "step": 1}]}, "output": ["MASK"]},
"MaskComposite": {"category": "mask", "display": "MaskComposite",
  "required": {"destination": ["MASK", {}], "source": ["MASK", {}],
    "x": ["INT", {"default": 0, "min": 0, "max": 16384, "step": 1}],
    "y": ["INT", {"default": 0, "min": 0, "max": 16384, "step": 1}],
    "operation": [["multiply", "add", "subtract", "and", "or", "xor"], {}]}, "output": ["MASK"]},
"ImageCompositeMasked": {"category": "image", "display": "ImageCompositeMasked",
  "required": {"destination": ["IMAGE", {}], "source": ["IMAGE", {}],
    "x": ["INT", {"default": 0, "min": 0, "max": 16384, "step": 1}],
    "y": ["INT", {"default": 0, "min": 0, "max": 16384, "step": 1}],
    "resize_source": ["BOOLEAN", {"default": false}]},
  "optional": {"mask": ["MASK", {}]}, "output": ["IMAGE"]},
"JoinImageWithAlpha": {"category": "mask/compositing", "display": "Join Image with Alpha",
  "required": {"image": ["IMAGE", {}], "alpha": ["MASK", {}]}, "output": ["IMAGE"]},
"SplitImageWithAlpha": {"category": "mask/compositing", "display": "Split Image with Alpha",
  "required": {"image": ["IMAGE", {}]}, "output": ["IMAGE", "MASK"]},
"SaveImage": {"category": "image", "display": "Save Image", "is_output": true,
  "required": {"images": ["IMAGE", {}], "filename_prefix": ["STRING", {"default": "ComfyUI"}]},
  "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}, "output": []},
"PreviewImage": {"category": "image", "display": "Preview Image", "is_output": true,
  "required": {"images": ["IMAGE", {}]},
  "hidden": {"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"}, "output": []},
"SaveImageWebsocket": {"category": "api/image", "display": "SaveImageWebsocket",
  "is_output": true, "required": {"images": ["IMAGE", {}]}, "output": []}
})json";

const std::vector<std::string> kSamplers = {"euler",
                                            "euler_cfg_pp",
                                            "euler_ancestral",
                                            "euler_ancestral_cfg_pp",
                                            "heun",
                                            "heunpp2",
                                            "dpm_2",
                                            "dpm_2_ancestral",
                                            "lms",
                                            "dpm_fast",
                                            "dpm_adaptive",
                                            "dpmpp_2s_ancestral",
                                            "dpmpp_2s_ancestral_cfg_pp",
                                            "dpmpp_sde",
                                            "dpmpp_sde_gpu",
                                            "dpmpp_2m",
                                            "dpmpp_2m_cfg_pp",
                                            "dpmpp_2m_sde",
                                            "dpmpp_2m_sde_gpu",
                                            "dpmpp_2m_sde_heun",
                                            "dpmpp_2m_sde_heun_gpu",
                                            "dpmpp_3m_sde",
                                            "dpmpp_3m_sde_gpu",
                                            "ddpm",
                                            "lcm",
                                            "ipndm",
                                            "ipndm_v",
                                            "deis",
                                            "res_multistep",
                                            "res_multistep_cfg_pp",
                                            "res_multistep_ancestral",
                                            "res_multistep_ancestral_cfg_pp",
                                            "gradient_estimation",
                                            "gradient_estimation_cfg_pp",
                                            "er_sde",
                                            "seeds_2",
                                            "seeds_3",
                                            "sa_solver",
                                            "sa_solver_pece",
                                            "ddim",
                                            "uni_pc",
                                            "uni_pc_bh2"};
const std::vector<std::string> kSchedulers = {"simple",      "sgm_uniform",      "karras",
                                              "exponential", "ddim_uniform",     "beta",
                                              "normal",      "linear_quadratic", "kl_optimal"};

std::vector<std::string> list_named(const std::string& name, const FakeNodeOptions& options) {
  if (name == "@samplers") return kSamplers;
  if (name == "@schedulers") return kSchedulers;
  if (name == "@inputs") return options.inputs;
  const auto found = options.models.find(name.substr(1));
  return found == options.models.end() ? std::vector<std::string>{} : found->second;
}

FakeJson filled_input(const FakeJson& config, const FakeNodeOptions& options) {
  FakeJson filled = config;
  if (filled[0].is_string() && filled[0].get_ref<const std::string&>().starts_with('@')) {
    filled[0] = list_named(filled[0].get<std::string>(), options);
  }
  if (options.combo_objects && filled[0].is_array()) {
    filled[1]["options"] = filled[0];
    filled[0] = "COMBO";
  }
  return filled;
}

FakeJson keys_of(const FakeJson& object) {
  FakeJson keys = FakeJson::array();
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

FakeJson described(const std::string& name, const FakeJson& row, const FakeNodeOptions& options) {
  FakeJson input = FakeJson::object();
  FakeJson order = FakeJson::object();
  for (const auto* group : {"required", "optional"}) {
    if (!row.contains(group)) continue;
    input[group] = FakeJson::object();
    for (const auto& [key, config] : row[group].items()) {
      input[group][key] = filled_input(config, options);
    }
    order[group] = keys_of(row[group]);
  }
  if (row.contains("hidden")) {
    input["hidden"] = row["hidden"];
    order["hidden"] = keys_of(row["hidden"]);
  }
  const auto& output = row["output"];
  return {{"input", input},
          {"input_order", order},
          {"output", output},
          {"output_is_list", std::vector<bool>(output.size(), false)},
          {"output_name", row.value("output_name", output)},
          {"name", name},
          {"display_name", row["display"]},
          {"description", ""},
          {"python_module",
           name == "SaveImageWebsocket" ? "custom_nodes.websocket_image_save" : "nodes"},
          {"category", row["category"]},
          {"output_node", row.value("is_output", false)}};
}

}  // namespace

FakeJson fake_object_info(const FakeNodeOptions& options) {
  static const FakeJson kRows = FakeJson::parse(kTable);
  FakeJson info = FakeJson::object();
  for (const auto& [name, row] : kRows.items()) {
    if (std::ranges::find(options.missing_classes, name) != options.missing_classes.end()) continue;
    info[name] = described(name, row, options);
  }
  return info;
}

FakeJson fake_combo_values(const FakeJson& input_config) {
  if (input_config[0].is_array()) return input_config[0];
  if (input_config[0] == "COMBO" && input_config.size() > 1) {
    return fake_get(input_config[1], "options");
  }
  return nullptr;
}

}  // namespace dgxp
