#pragma once

#include <span>
#include <string_view>

// The manifest language as data: every field with its type, default, range and help. The checker,
// the reader, suggestions, the JSON Schema and the reference all walk this one table.

namespace dgxp {

struct FieldShape;

/// What the keys of a map may be.
enum class KeyRule { name, pattern, color, direction, index };

struct FieldType {
  enum class Kind {
    text,
    name,     ///< one part of an id; whether it exists is checked when it is resolved
    path,     ///< a file below the manifest's folder that is read
    folder,   ///< a folder below the manifest's folder that is written to
    color,    ///< "#rrggbb"
    integer,  ///< `least` to `most`
    number,   ///< `least` to `most`
    boolean,  ///
    choice,   ///< one of `words`
    digest,   ///< 64 hexadecimal digits
    list,     ///< `least` to `most` items of `element`
    map,      ///< at most `most` values of `element` under keys of `key_rule`
    object,   ///< the fields of `shape`
    either    ///< one of `alternatives`, told apart by what kind of value is written
  };
  Kind kind = Kind::text;
  std::string_view what;     ///< as it stands in "must be ...": "a whole number"
  std::string_view example;  ///< a good value, as it is written
  double least = 0;
  double most = 0;
  std::span<const std::string_view> words = {};
  std::span<const std::string_view> later_words = {};  ///< known, but not supported yet
  const FieldType* element = nullptr;
  KeyRule key_rule = KeyRule::name;
  const FieldShape* shape = nullptr;
  std::span<const FieldType* const> alternatives = {};
  bool is_secret = false;  ///< no message repeats what is written
};

/// Whether a value is taken but not acted upon in this version.
enum class Later {
  no,
  any_value,        ///< an error whatever it is
  above_one,        ///< a warning for numbers above 1
  but_list_of_one,  ///< an error for anything but [1]
  true_value        ///< an error for true
};

struct FieldSpec {
  std::string_view name;
  const FieldType* type = nullptr;
  std::string_view standard;  ///< the default as it would be written; empty = none
  std::string_view help;
  Later later = Later::no;
  bool required = false;
};

struct FieldShape {
  std::string_view thing;  ///< "sprite", for messages
  std::span<const FieldSpec> fields;
  const FieldSpec* find(std::string_view name) const;
};

/// The whole manifest.
const FieldShape& manifest_shape();

// Parts of it that are read on their own.
const FieldShape& project_shape();
const FieldShape& budget_shape();
const FieldShape& palette_shape();
const FieldShape& palette_use_shape();
const FieldShape& style_shape();
const FieldShape& model_shape();
const FieldShape& lora_shape();
const FieldShape& sampler_shape();
const FieldShape& sprite_shape();
const FieldShape& animation_shape();
const FieldShape& recover_shape();
const FieldShape& finish_shape();
const FieldShape& tileset_shape();
const FieldShape& atlas_shape();
const FieldShape& output_shape();
const FieldShape& checks_shape();
const FieldShape& coverage_shape();
const FieldShape& drift_shape();
const FieldShape& centre_drift_shape();
const FieldShape& color_count_shape();

// The same machinery, other languages (configuration_fields.cpp).
const FieldShape& user_config_shape();    ///< `.dgxp/config.yaml`
const FieldShape& worker_config_shape();  ///< `dgxp worker --config`

/// `<graph>.bind.yaml`: what of a ComfyUI graph a job fills in (binding_fields.cpp).
const FieldShape& binding_shape();
const FieldShape& binding_params_shape();
const FieldShape& binding_target_shape();
const FieldShape& binding_loras_shape();
const FieldShape& binding_image_shape();
const FieldShape& binding_output_shape();
const FieldShape& binding_needs_shape();

}  // namespace dgxp
